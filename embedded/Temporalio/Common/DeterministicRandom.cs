using System.Buffers.Binary;
using System.Numerics;

namespace Temporalio.Common;

/// <summary>
/// Random numbers that depend on nothing but the seed. The sequence is that of sdk-core (Rust's <c>Pcg64Mcg</c> and
/// ranges of the <c>rand</c> crate), so that a workflow draws the same numbers with either SDK.
/// </summary>
public class DeterministicRandom : Random
{
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private UInt128 state;

    /// <summary>Initializes a new instance of the <see cref="DeterministicRandom" /> class.</summary>
    /// <param name="seed">Seed.</param>
    public DeterministicRandom(ulong seed) => state = Expand(seed) | 1;

    /// <inheritdoc />
    public override int Next() => Next(int.MaxValue);

    /// <inheritdoc />
    public override int Next(int maxValue) => Next(0, maxValue);

    /// <inheritdoc />
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(minValue, maxValue);
        var range = unchecked((uint)(maxValue - minValue));
        var product = (ulong)NextUInt32() * range;
        var result = (uint)(product >> 32);
        var low = unchecked((uint)product);
        if (low > unchecked(0u - range))
        {
            // One more draw takes nearly all of the bias out of the low end.
            var high = (uint)(((ulong)NextUInt32() * range) >> 32);
            if ((ulong)low + high > uint.MaxValue)
            {
                result++;
            }
        }
        return unchecked((int)((uint)minValue + result));
    }

    /// <inheritdoc />
    public override double NextDouble() => Sample();

    /// <inheritdoc />
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc />
    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, NextUInt64());
            buffer = buffer[sizeof(ulong)..];
        }
        if (buffer.Length == 0)
        {
            return;
        }
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, NextUInt64());
        rest[..buffer.Length].CopyTo(buffer);
    }

    /// <inheritdoc />
    protected override double Sample() => (NextUInt64() >> 12) * (1.0 / (1UL << 52));

    private static UInt128 Expand(ulong seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < bytes.Length; i += sizeof(uint))
        {
            seed = unchecked((seed * 6364136223846793005) + 11634580027462260723);
            var xorShifted = unchecked((uint)(((seed >> 18) ^ seed) >> 27));
            BinaryPrimitives.WriteUInt32LittleEndian(
                bytes[i..], BitOperations.RotateRight(xorShifted, (int)(seed >> 59)));
        }
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    private uint NextUInt32() => unchecked((uint)NextUInt64());

    private ulong NextUInt64()
    {
        state = unchecked(state * Multiplier);
        var folded = (ulong)(state >> 64) ^ (ulong)(state & ulong.MaxValue);
        return BitOperations.RotateRight(folded, (int)(state >> 122));
    }
}
