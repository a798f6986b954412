using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;

namespace Temporal.Server.Visibility;

/// <summary>
/// The last line of a page. Lines are ordered by close time (open runs count as never closed, so they come first), start time and
/// run id, all descending.
/// </summary>
/// <param name="CloseTime">When it closed; <see cref="DateTimeOffset.MaxValue"/> for an open run.</param>
/// <param name="StartTime">When it started.</param>
/// <param name="RunId">Its run id.</param>
internal sealed record VisibilityPageToken(DateTimeOffset CloseTime, DateTimeOffset StartTime, string RunId)
    : IComparable<VisibilityPageToken>
{
    private const int TimesBytes = 16;

    public static VisibilityPageToken Of(VisibilityRow row) =>
        new(row.Record.CloseTime ?? DateTimeOffset.MaxValue, row.Record.StartTime, row.Run.RunId);

    /// <summary>The token of the page before; null for the first page.</summary>
    /// <exception cref="RpcException">It is not one of ours.</exception>
    public static VisibilityPageToken? Read(ByteString token)
    {
        if (token.IsEmpty)
        {
            return null;
        }

        var bytes = token.Span;
        return
            bytes.Length > TimesBytes
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var close
            && close <= DateTimeOffset.MaxValue.Ticks
            && BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) is >= 0 and var start
            && start <= DateTimeOffset.MaxValue.Ticks
            ? new VisibilityPageToken(
                new DateTimeOffset(close, TimeSpan.Zero),
                new DateTimeOffset(start, TimeSpan.Zero),
                Encoding.UTF8.GetString(bytes[TimesBytes..])
            )
            : throw RpcException.InvalidArgument("Invalid NextPageToken.");
    }

    public ByteString Write()
    {
        var bytes = new byte[TimesBytes + Encoding.UTF8.GetByteCount(RunId)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CloseTime.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), StartTime.UtcTicks);
        Encoding.UTF8.GetBytes(RunId, bytes.AsSpan(TimesBytes));
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>Less than zero when this line comes before the other in a list.</summary>
    public int CompareTo(VisibilityPageToken? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var order = other.CloseTime.CompareTo(CloseTime);
        order = order != 0 ? order : other.StartTime.CompareTo(StartTime);
        return order != 0 ? order : string.CompareOrdinal(other.RunId, RunId);
    }
}
