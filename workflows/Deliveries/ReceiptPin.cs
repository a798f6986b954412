using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The PIN that proves a parcel's receipt: six digits, a keyed hash of the delivery order's id. It needs no storing, and a redelivery,
/// which is another delivery order, has another.
/// </summary>
/// <param name="keys">The first one makes PINs; those of all are right, so that one can replace another. None: there are no PINs.</param>
public sealed class ReceiptPin(IReadOnlyList<byte[]> keys)
{
    /// <summary>What a PIN looks like.</summary>
    public const string Pattern = "^[0-9]{6}$";

    private const int Digits = 6;
    private const ulong Count = 1_000_000;

    /// <summary>Whether a text could be a PIN.</summary>
    public static bool IsWellFormed(string text) => text is { Length: Digits } && text.All(char.IsAsciiDigit);

    /// <summary>What another company says the PIN is, as a text or a number; null for what can be none.</summary>
    public static string? From(JsonElement? said) =>
        said switch
        {
            { ValueKind: JsonValueKind.String } text when IsWellFormed(text.GetString()!) => text.GetString(),
            { ValueKind: JsonValueKind.Number } number when number.TryGetUInt64(out var pin) && pin < Count => Text(pin),
            _ => null,
        };

    /// <summary>Which key makes PINs now; empty when there is none.</summary>
    public string Generation => keys.Count == 0 ? "" : Convert.ToHexStringLower(HMACSHA256.HashData(keys[0], "generation"u8)[..4]);

    /// <summary>The PIN; null when there are none.</summary>
    public string? Of(Guid deliveryOrderId) => keys.Count == 0 ? null : Derive(keys[0], deliveryOrderId);

    /// <summary>Whether it is the PIN of this delivery order.</summary>
    public bool IsRight(Guid deliveryOrderId, string pin) =>
        keys.Any(key =>
            CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Derive(key, deliveryOrderId)), Encoding.UTF8.GetBytes(pin))
        );

    private static string Derive(byte[] key, Guid deliveryOrderId)
    {
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"receipt\n{deliveryOrderId}"));
        return Text(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }

    private static string Text(ulong pin) => pin.ToString("D6", CultureInfo.InvariantCulture);
}
