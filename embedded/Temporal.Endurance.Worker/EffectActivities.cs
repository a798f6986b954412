using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Temporal.Endurance.Worker;

/// <summary>Activities whose only effect is a line in the ledger.</summary>
public sealed class EffectActivities(ITemporalClient client, Ledger ledger)
{
    /// <summary>Has its effect and is completed by its worker.</summary>
    /// <param name="step">Its place in the run, see <see cref="LedgerEntry.Step"/>.</param>
    [Activity]
    public int Effect(int step)
    {
        var info = ActivityExecutionContext.Current.Info;
        ledger.Write(LedgerEntryKind.Effect, info.WorkflowRunId!, info.ActivityId, step);
        return step;
    }

    /// <summary>Has its effect, completes itself with a call of its own, and writes down that the server has acknowledged that.</summary>
    /// <inheritdoc cref="Effect"/>
    [Activity]
    public async Task<int> AcknowledgedEffectAsync(int step)
    {
        var info = ActivityExecutionContext.Current.Info;
        ledger.Write(LedgerEntryKind.Effect, info.WorkflowRunId!, info.ActivityId, step);
        try
        {
            await client.GetAsyncActivityHandle(info.TaskToken.ToArray()).CompleteAsync(step);
            ledger.Write(LedgerEntryKind.Acknowledged, info.WorkflowRunId!, info.ActivityId, step);
        }
        catch (RpcException error) when (error.Code == RpcException.StatusCode.NotFound)
        {
            // Completed by an earlier try of this call whose answer was lost, or timed out meanwhile: the server knows which.
        }

        throw new CompleteAsyncException();
    }
}
