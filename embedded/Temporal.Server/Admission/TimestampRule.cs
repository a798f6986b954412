using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.TestService.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Admission;

/// <summary>
/// Times in requests lie in the calendar. Protobuf lets any number through, and whoever reads it as a time later would fail in the
/// middle of something else.
/// </summary>
internal static class TimestampRule
{
    // Those that have a time in them, however deep. A test compares the list with the messages' descriptors; the server does not load
    // them for that, because it would take longer than all the rest of its start.
    private static readonly FrozenSet<System.Type> RequestsWithTimes = new[]
    {
        typeof(CreateScheduleRequest),
        typeof(UpdateScheduleRequest),
        typeof(PatchScheduleRequest),
        typeof(ListScheduleMatchingTimesRequest),
        typeof(UpdateNamespaceRequest),
        typeof(RecordWorkerHeartbeatRequest),
        typeof(ShutdownWorkerRequest),
        typeof(SleepUntilRequest),
    }.ToFrozenSet();

    private static readonly ConcurrentDictionary<System.Type, PropertyInfo[]> Contents = new();

    /// <summary>Whether requests of this type have a time in them.</summary>
    public static bool Concerns(System.Type request) => RequestsWithTimes.Contains(request);

    /// <summary>Refuses a message with a time outside of the calendar.</summary>
    /// <exception cref="RpcException">InvalidArgument: names the field.</exception>
    public static void Check(IMessage message)
    {
        foreach (
            var property in Contents.GetOrAdd(message.GetType(), static type =>
                [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(HoldsMessages)]
            )
        )
        {
            switch (property.GetValue(message))
            {
                case IMessage value:
                    CheckOne(property, value);
                    break;
                case IDictionary map:
                    CheckAll(property, map.Values);
                    break;
                case IList list:
                    CheckAll(property, list);
                    break;
            }
        }
    }

    private static void CheckAll(PropertyInfo property, ICollection values)
    {
        foreach (IMessage value in values)
        {
            CheckOne(property, value);
        }
    }

    private static void CheckOne(PropertyInfo property, IMessage value)
    {
        if (value is not Timestamp time)
        {
            Check(value);
        }
        else if (
            time.Nanos is < 0 or > 999_999_999
            || time.Seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds()
            || time.Seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        )
        {
            throw RpcException.InvalidArgument($"An invalid {property.Name} is set on request: it is outside of the calendar.");
        }
    }

    // A message, a list of messages, or a map to messages.
    private static bool HoldsMessages(PropertyInfo property) =>
        typeof(IMessage).IsAssignableFrom(property.PropertyType)
        || (property.PropertyType.IsGenericType && typeof(IMessage).IsAssignableFrom(property.PropertyType.GenericTypeArguments[^1]));
}
