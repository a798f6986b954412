using System.Globalization;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>
/// What becomes of a booking, settled when it is made and kept in the ledger, so that a restart does not roll the dice again.
/// </summary>
/// <param name="Accepted">Whether the partner takes it.</param>
/// <param name="Reason">Why it is refused, or with which reason it will fail; null when it will be delivered.</param>
/// <param name="Status">The HTTP status that refuses it; null: an answer that says so.</param>
/// <param name="Held">Whether nobody ever comes for it.</param>
internal readonly record struct Fate(bool Accepted, string? Reason, int? Status = null, bool Held = false)
{
    private const string FailureMark = "FAIL:";
    private const string RefusalMark = "REFUSE:";
    private const string HoldMark = "HOLD:";
    private const string Pickup = "PICKUP";
    private const string Refused = "PARTNER_REJECTED";

    private static readonly string[] Mishaps =
    [
        "WRONG_ADDRESS",
        "RECIPIENT_ABSENT",
        "RECIPIENT_REFUSED",
        "DAMAGED",
        "LOST",
        "ACCESS_DENIED",
    ];

    /// <summary>
    /// An order's first attempt obeys <c>FAIL:REASON</c>, <c>REFUSE:STATUS</c> or <c>HOLD:PICKUP</c> in the address; everything else is
    /// chance.
    /// </summary>
    public static Fate Of(BookingRequest request, double failureRate)
    {
        if (int.TryParse(Demanded(request.Address, RefusalMark), CultureInfo.InvariantCulture, out var status))
        {
            return request.Attempt == 1 ? new(false, $"refused with {status}", status) : new(true, null);
        }

        if (Demanded(request.Address, HoldMark) == Pickup)
        {
            return new(true, null, Held: request.Attempt == 1);
        }

        if (Demanded(request.Address, FailureMark) is { } reason)
        {
            return request.Attempt == 1 ? new(reason != Refused, reason) : new(true, null);
        }

        return Random.Shared.NextDouble() < failureRate ? new(true, Mishaps[Random.Shared.Next(Mishaps.Length)]) : new(true, null);
    }

    private static string? Demanded(BookingAddress address, string mark) => Demanded(address.Line2, mark) ?? Demanded(address.Note, mark);

    private static string? Demanded(string? text, string mark)
    {
        if (text?.IndexOf(mark, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        var word = new string([
            .. text[(at + mark.Length)..].TakeWhile(letter => letter is '_' or (>= 'A' and <= 'Z') or (>= '0' and <= '9')),
        ]);
        return word.Length > 0 ? word : null;
    }
}
