using System.Collections.Concurrent;
using System.Collections.Frozen;
using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Admission;

/// <summary>
/// Where every call comes in, whatever it came by: it is counted, and turned away with RESOURCE_EXHAUSTED and the real server's words
/// when the server has enough to do. Clients wait and come again. What no handler could make sense of does not get further, either.
/// </summary>
/// <param name="limits">How much is enough.</param>
/// <param name="isKnown">Whether a namespace exists; only those have a share of their own.</param>
internal sealed class Door(ServerLimits limits, Func<string, bool> isKnown)
{
    // As the real server's list of long-running calls.
    private static readonly FrozenSet<string> Waiting = new[]
    {
        "PollWorkflowTaskQueue",
        "PollActivityTaskQueue",
        "PollNexusTaskQueue",
        "PollWorkflowExecutionUpdate",
        "QueryWorkflow",
        "UpdateWorkflowExecution",
        "ExecuteMultiOperation",
        "GetWorkflowExecutionHistory",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(string Namespace, string Method), Counter> waiting = new();
    private readonly Counter inProgress = new();

    /// <summary>The handler with the door before it.</summary>
    public RpcHandler Guard(RpcMethod method)
    {
        var name = method.Name;
        var handler = method.Handler;
        if (name is "GetSystemInfo")
        {
            // Who connects must learn that the server is there, and that costs nothing.
            return handler;
        }

        var canWait = Waiting.Contains(name);
        var hasTimes = TimestampRule.Concerns(method.RequestType);
        return async (request, context) =>
        {
            if (hasTimes)
            {
                TimestampRule.Check(request);
            }

            var space = method.NamespaceOf(request) is { } given && isKnown(given) ? given : "";
            var waits = canWait && request is not GetWorkflowExecutionHistoryRequest { WaitNewEvent: false };
            var counter = waits ? waiting.GetOrAdd((space, name), static _ => new Counter()) : inProgress;
            var count = counter.Increment();
            try
            {
                if (count > (waits ? limits.WaitingCalls : limits.CallsInProgress))
                {
                    throw waits
                        ? Exhausted(
                            "namespace concurrent poller limit exceeded",
                            ResourceExhaustedCause.ConcurrentLimit,
                            ResourceExhaustedScope.Namespace
                        )
                        : Exhausted(
                            "service busy: too many calls are in progress",
                            ResourceExhaustedCause.SystemOverloaded,
                            ResourceExhaustedScope.System
                        );
                }

                return await handler(request, context).ConfigureAwait(false);
            }
            finally
            {
                counter.Decrement();
            }
        };
    }

    private static RpcException Exhausted(string message, ResourceExhaustedCause cause, ResourceExhaustedScope scope) =>
        new(StatusCode.ResourceExhausted, message, new ResourceExhaustedFailure { Cause = cause, Scope = scope });

    private sealed class Counter
    {
        private int count;

        public int Increment() => Interlocked.Increment(ref count);

        public void Decrement() => Interlocked.Decrement(ref count);
    }
}
