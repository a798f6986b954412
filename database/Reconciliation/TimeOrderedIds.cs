using System.Buffers.Binary;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>Ids of version 7 begin with the time at which they were made: what was made in a time is a range of the primary key.</summary>
internal static class TimeOrderedIds
{
    private const int TimeBytes = 6;

    /// <summary>The bound between the ids that were made before this time and those made from it on; never an id itself.</summary>
    public static Guid BoundAt(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, time.ToUnixTimeMilliseconds() << (8 * (sizeof(long) - TimeBytes)));
        return new Guid(id, bigEndian: true);
    }
}
