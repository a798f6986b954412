using Temporal.Server.History;
using Temporal.Server.History.Starts;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>StartWorkflowExecution and SignalWithStartWorkflowExecution.</summary>
internal sealed class StartHandlers(HistoryEngine engine, WorkflowStarter starter)
{
    /// <summary>Starts a workflow.</summary>
    public async Task<StartWorkflowExecutionResponse> StartAsync(StartWorkflowExecutionRequest request, RpcContext context)
    {
        var plan = StartRequests.Plan(engine.Limits, engine.Namespaces.Require(request.Namespace), request);
        var outcome = await starter.StartAsync(plan, context.CancellationToken).ConfigureAwait(false);
        return Reply(outcome);
    }

    /// <summary>Signals the running workflow, or starts it with the signal.</summary>
    public async Task<SignalWithStartWorkflowExecutionResponse> SignalWithStartAsync(
        SignalWithStartWorkflowExecutionRequest request,
        RpcContext context
    )
    {
        Requests.RequireName(engine.Limits, request.SignalName, "SignalName");
        Requests.LimitBlob(engine.Limits, request.SignalInput);
        var plan = StartRequests.Plan(engine.Limits, engine.Namespaces.Require(request.Namespace), StartRequests.StartOf(request)) with
        {
            BeforeFirstTask = t => t.Signal(SignalOf(request), request.Links),
        };
        while (true)
        {
            var outcome = await starter.StartAsync(plan, context.CancellationToken).ConfigureAwait(false);
            if (outcome.IsNew || await TrySignalAsync(outcome, request, context.CancellationToken).ConfigureAwait(false))
            {
                return new SignalWithStartWorkflowExecutionResponse
                {
                    RunId = outcome.Run.RunId,
                    FirstExecutionRunId = outcome.FirstRunId,
                    Started = outcome.IsNew,
                };
            }

            if (outcome.IsSameRequest)
            {
                // It was started by this very request and has ended since: the signal went with it.
                return new SignalWithStartWorkflowExecutionResponse
                {
                    RunId = outcome.Run.RunId,
                    FirstExecutionRunId = outcome.FirstRunId,
                    Started = true,
                };
            }
        }
    }

    /// <summary>The reply to a start.</summary>
    public static StartWorkflowExecutionResponse Reply(StartOutcome outcome) =>
        new()
        {
            RunId = outcome.Run.RunId,
            FirstExecutionRunId = outcome.FirstRunId,
            Started = outcome.IsSameRequest,
            Status = outcome.Status,
            EagerWorkflowTask = outcome.EagerTask,
        };

    // False when the run has closed since it was found.
    private Task<bool> TrySignalAsync(
        StartOutcome outcome,
        SignalWithStartWorkflowExecutionRequest request,
        CancellationToken cancellationToken
    ) =>
        engine.TransactAsync(
            outcome.Run,
            t =>
            {
                if (!t.State.IsOpen)
                {
                    return false;
                }

                t.Signal(SignalOf(request), request.Links);
                t.ScheduleFirstWorkflowTask();
                return true;
            },
            cancellationToken
        );

    private static WorkflowExecutionSignaledEventAttributes SignalOf(SignalWithStartWorkflowExecutionRequest request) =>
        new()
        {
            SignalName = request.SignalName,
            Input = request.SignalInput,
            Identity = request.Identity,
            Header = request.Header,
            RequestId = request.RequestId,
        };
}
