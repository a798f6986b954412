using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Records;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.TaskQueue.V1;

namespace Temporal.Server.Frontend;

/// <summary>Checks that many requests share.</summary>
internal static class Requests
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>How long a long poll may wait: its own limit, or a little less than the caller will.</summary>
    public static TimeSpan LongPoll(RpcContext context, TimeSpan limit)
    {
        if (context.Deadline == Timeout.InfiniteTimeSpan)
        {
            return limit;
        }

        var left = context.Deadline > Margin * 2 ? context.Deadline - Margin : context.Deadline / 2;
        return left < limit ? left : limit;
    }

    /// <summary>Refuses an empty or overlong name, and one with a NUL, which no database keeps.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static string RequireName(WorkflowLimits limits, string? value, string what)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw RpcException.InvalidArgument($"{what} is not set on request.");
        }

        LimitName(limits, value, what);
        return value;
    }

    /// <summary>The name of a task queue.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static string RequireTaskQueue(WorkflowLimits limits, TaskQueue? queue) => RequireName(limits, queue?.Name, "TaskQueue");

    /// <summary>Reads the task token of a request that may name a namespace besides.</summary>
    /// <exception cref="RpcException">NotFound: there is no such namespace; InvalidArgument: the token is none of ours, or of another
    /// namespace.</exception>
    public static TaskToken Token(NamespaceRegistry namespaces, string space, ByteString bytes)
    {
        var named = space.Length > 0 ? namespaces.Require(space) : null;
        var token = Token(bytes);
        return named is null || token.NamespaceId == named.Id
            ? token
            : throw RpcException.InvalidArgument("Operation requested with a token from a different namespace.");
    }

    private static TaskToken Token(ByteString bytes)
    {
        if (bytes.IsEmpty)
        {
            throw RpcException.InvalidArgument("Task token not set on request.");
        }

        try
        {
            var token = TaskToken.Parser.ParseFrom(bytes);
            return token.StartedTime is null || IsInCalendar(token.StartedTime)
                ? token
                : throw RpcException.InvalidArgument("Invalid TaskToken.");
        }
        catch (InvalidProtocolBufferException)
        {
            throw RpcException.InvalidArgument("Invalid TaskToken.");
        }
    }

    /// <summary>Refuses a negative duration.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static TimeSpan RequireNotNegative(Duration? duration, string what)
    {
        var span = duration.ToSpan();
        return span >= TimeSpan.Zero ? span : throw RpcException.InvalidArgument($"An invalid {what} is set on request: it is negative.");
    }

    /// <summary>Refuses an overlong id or name, and one with a NUL, which no database keeps; it may be empty.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void LimitName(WorkflowLimits limits, string? value, string what)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > limits.IdLength)
        {
            throw RpcException.InvalidArgument($"{what} length exceeds limit.");
        }

        if (value?.Contains('\0', StringComparison.Ordinal) ?? false)
        {
            throw RpcException.InvalidArgument($"{what} has a NUL character.");
        }
    }

    private static bool IsInCalendar(Timestamp time) =>
        time.Nanos is >= 0 and < 1_000_000_000
        && time.Seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
        && time.Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Refuses payloads beyond the limit.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void LimitBlob(WorkflowLimits limits, Payloads? payloads)
    {
        if (IsTooLarge(limits, payloads))
        {
            throw RpcException.InvalidArgument("Blob data size exceeds limit.");
        }
    }

    /// <summary>Whether payloads are beyond the limit.</summary>
    public static bool IsTooLarge(WorkflowLimits limits, Payloads? payloads) => payloads?.CalculateSize() > limits.BlobBytes;

    /// <summary>Refuses a memo beyond the limit.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void LimitMemo(WorkflowLimits limits, Memo? memo)
    {
        if (memo?.CalculateSize() > limits.MemoBytes)
        {
            throw RpcException.InvalidArgument("Memo size exceeds limit.");
        }
    }
}
