using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.History.Updates;

/// <summary>How many updates a run takes, at a time and altogether.</summary>
internal static class UpdateLimits
{
    /// <summary>Refuses an update too many.</summary>
    /// <exception cref="RpcException">ResourceExhausted: some must end first. FailedPrecondition: the run takes no more.</exception>
    public static void Check(Transition t, Request request)
    {
        var limits = t.Run.Limits;
        var unaccepted = t.Run.Updates.CountUnaccepted;
        if (unaccepted + t.State.Updates.Values.Count(update => update.Outcome is null) >= limits.UpdatesInFlight)
        {
            throw Exhausted($"limit on number of concurrent in-flight updates has been reached ({limits.UpdatesInFlight})");
        }

        if (t.State.Updates.Count + unaccepted >= limits.Updates)
        {
            throw RpcException.FailedPrecondition(
                $"The limit on the total number of distinct updates in this workflow has been reached ({limits.Updates}). "
                    + "Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider rejecting updates that you aren't going to process. "
                    + "You can also Continue-as-New to avoid this; we recommend you check Continue-as-New Suggested in your Workflow."
            );
        }

        if (t.Run.Updates.RequestBytes + request.CalculateSize() >= limits.UpdateBytesInFlight)
        {
            throw Exhausted($"limit on total payload size of in-flight updates has been reached ({limits.UpdateBytesInFlight} bytes)");
        }
    }

    private static RpcException Exhausted(string message) =>
        RpcException.ResourceExhausted(ResourceExhaustedCause.ConcurrentLimit, ResourceExhaustedScope.Namespace, message);
}
