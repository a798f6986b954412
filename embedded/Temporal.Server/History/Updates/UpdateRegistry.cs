using Temporal.Server.Rpc;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.History.Updates;

/// <summary>A run's updates in progress. Guarded by the run's gate.</summary>
internal sealed class UpdateRegistry
{
    private readonly Dictionary<string, LiveUpdate> live = new(StringComparer.Ordinal);
    private long admissions;

    /// <summary>Whether any update is in progress here.</summary>
    public bool Any => live.Count > 0;

    /// <summary>How many updates are in progress and not in history.</summary>
    public int CountUnaccepted => live.Values.Count(update => update.Stage < UpdateStage.Accepted);

    /// <summary>Bytes of the requests that are held here.</summary>
    public long RequestBytes => live.Values.Sum(update => (long)(update.Request?.CalculateSize() ?? 0));

    /// <summary>Whether an update waits for a workflow task.</summary>
    public bool HasAdmitted => live.Values.Any(update => update.Stage == UpdateStage.Admitted);

    /// <summary>Updates that wait for a workflow task, in order of admission.</summary>
    public IReadOnlyList<LiveUpdate> Admitted =>
        [.. live.Values.Where(update => update.Stage == UpdateStage.Admitted).OrderBy(update => update.Order)];

    /// <summary>Updates that the worker has and has not answered.</summary>
    public IReadOnlyList<LiveUpdate> Sent =>
        [.. live.Values.Where(update => update.Stage == UpdateStage.Sent).OrderBy(update => update.Order)];

    /// <summary>An update in progress, or null.</summary>
    public LiveUpdate? Find(string id) => live.GetValueOrDefault(id);

    /// <summary>Makes a request known, without adding it yet.</summary>
    public LiveUpdate Create(string id, Request request) => new(id, request, ++admissions);

    /// <summary>Adds a created update.</summary>
    public void Add(LiveUpdate update) => live.Add(update.Id, update);

    /// <summary>
    /// Takes up updates that history shows as admitted and that are not known here yet: they go to the worker like new ones.
    /// </summary>
    public void Recover(IEnumerable<Request> admitted)
    {
        foreach (var request in admitted)
        {
            if (!live.ContainsKey(request.Meta.UpdateId))
            {
                Add(Create(request.Meta.UpdateId, request));
            }
        }
    }

    /// <summary>The update as something to wait for, when history says that it was accepted.</summary>
    public LiveUpdate GetAccepted(string id)
    {
        if (!live.TryGetValue(id, out var update))
        {
            live.Add(id, update = new LiveUpdate(id, request: null, ++admissions));
            update.Accept();
        }

        return update;
    }

    /// <summary>The workflow accepted an update.</summary>
    public void Accept(string id) => Find(id)?.Accept();

    /// <summary>An update has its outcome (a rejection's failure included).</summary>
    public void End(string id, Outcome outcome)
    {
        if (live.Remove(id, out var update))
        {
            update.End(outcome);
        }
    }

    /// <summary>The workflow task that carried updates failed in its completion: trying them again would only fail it again.</summary>
    public void AbortSent()
    {
        foreach (var update in Sent)
        {
            live.Remove(update.Id);
            update.Abort(
                new RpcException(
                    StatusCode.FailedPrecondition,
                    "Unable to perform workflow execution update due to unexpected workflow task failure.",
                    new WorkflowNotReadyFailure()
                )
            );
        }
    }

    /// <summary>Puts back what the worker had and did not answer: the workflow task is over without it.</summary>
    public void Unsend()
    {
        foreach (var update in Sent)
        {
            update.MarkUnsent();
        }
    }

    /// <summary>The run closed: accepted updates fail, the others move to the successor or are aborted.</summary>
    public void Close(string successorRunId)
    {
        foreach (var update in live.Values)
        {
            if (update.Stage == UpdateStage.Accepted)
            {
                update.End(ClosedBeforeCompletion());
            }
            else
            {
                update.Abort(successorRunId.Length > 0 ? new UpdateMovedException(successorRunId) : AbortedByClose());
            }
        }

        live.Clear();
    }

    /// <summary>The error for an update that its run has closed without.</summary>
    public static RpcException AbortedByClose() => RpcException.NotFound("workflow update was aborted by closing workflow");

    /// <summary>The outcome of an accepted update whose workflow closed before completing it.</summary>
    public static Outcome ClosedBeforeCompletion() =>
        new()
        {
            Failure = new Failure
            {
                Message = "Workflow Update failed because the Workflow completed before the Update completed.",
                Source = "Server",
                ApplicationFailureInfo = new ApplicationFailureInfo { Type = "AcceptedUpdateCompletedWorkflow", NonRetryable = true },
            },
        };
}
