using Temporal.Server.Rpc;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.History.Updates;

/// <summary>Where an update is.</summary>
internal enum UpdateStage
{
    /// <summary>Known to the server, not to the worker.</summary>
    Admitted,

    /// <summary>With the worker.</summary>
    Sent,

    /// <summary>In history, running.</summary>
    Accepted,

    /// <summary>Over: completed, rejected or aborted.</summary>
    Ended,
}

/// <summary>An update in progress, for those who wait for it. Memory only up to its acceptance, which is in history.</summary>
internal sealed class LiveUpdate(string id, Request? request, long order)
{
    private readonly TaskCompletionSource<Outcome?> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Outcome> completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The update id.</summary>
    public string Id { get; } = id;

    /// <summary>The request; null when the update is known from history.</summary>
    public Request? Request { get; } = request;

    /// <summary>Order of admission within the run.</summary>
    public long Order { get; } = order;

    /// <summary>Where it is.</summary>
    public UpdateStage Stage { get; private set; }

    /// <summary>Completes with the acceptance (null) or with the outcome of a rejection.</summary>
    public Task<Outcome?> Accepted => accepted.Task;

    /// <summary>Completes with the outcome.</summary>
    public Task<Outcome> Completed => completed.Task;

    /// <summary>Id of the protocol message that carries the request.</summary>
    public string RequestMessageId => $"{Id}/request";

    /// <summary>The worker got it.</summary>
    public void MarkSent() => Stage = UpdateStage.Sent;

    /// <summary>The worker lost it before accepting: it goes out again.</summary>
    public void MarkUnsent() => Stage = UpdateStage.Admitted;

    /// <summary>The workflow accepted it.</summary>
    public void Accept()
    {
        Stage = UpdateStage.Accepted;
        accepted.TrySetResult(null);
    }

    /// <summary>It completed, or was rejected with a failure.</summary>
    public void End(Outcome outcome)
    {
        Stage = UpdateStage.Ended;
        // In this order: who waits for the acceptance looks then whether there is more, and a rejection must not look like one.
        completed.TrySetResult(outcome);
        accepted.TrySetResult(outcome);
    }

    /// <summary>It will never have an outcome here.</summary>
    public void Abort(Exception error)
    {
        Stage = UpdateStage.Ended;
        if (accepted.TrySetException(error))
        {
            _ = accepted.Task.Exception;
        }

        if (completed.TrySetException(error))
        {
            _ = completed.Task.Exception;
        }
    }
}

/// <summary>The run closed before the update reached it; its successor should get it.</summary>
internal sealed class UpdateMovedException(string successorRunId) : Exception("The update moves on to the next run.")
{
    /// <summary>The run to ask next.</summary>
    public string SuccessorRunId { get; } = successorRunId;
}
