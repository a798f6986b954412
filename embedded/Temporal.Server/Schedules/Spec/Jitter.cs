using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Temporal.Server.Schedules.Spec;

/// <summary>
/// Spreads schedules that would all fire at the same second: by a share of the most allowed that only depends on the schedule and the time.
/// </summary>
internal static class Jitter
{
    /// <summary>
    /// How much later than its nominal second (since the Unix epoch) something is done; whole milliseconds, less than
    /// <paramref name="most"/>.
    /// </summary>
    public static TimeSpan Of(string seed, long nominal, TimeSpan most)
    {
        if (most <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var bytes = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(seed)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, nominal);
        Encoding.UTF8.GetBytes(seed, bytes.AsSpan(sizeof(long)));
        ulong hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(bytes));
        var milliseconds = (ulong)Math.Min(most.TotalMilliseconds, uint.MaxValue);
        return TimeSpan.FromMilliseconds((long)((hash * milliseconds) >> 32));
    }
}
