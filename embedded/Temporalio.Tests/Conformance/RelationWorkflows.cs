using Temporalio.Exceptions;
using Temporalio.Workflows;
using static Temporalio.Tests.Conformance.ActivityWorkflows;

namespace Temporalio.Tests.Conformance;

/// <summary>The workflows of embedded/conformance/workflows/histories.js that are about other workflows.</summary>
public static class RelationWorkflows
{
    [Workflow("historyChild")]
    public class Child
    {
        private string? how;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => how != null);
            return how == "fail" ? throw new ApplicationFailureException("asked to fail", "Asked", nonRetryable: true) : how!;
        }

        [WorkflowSignal("finish")]
        public Task FinishAsync(string value)
        {
            how = value;
            return Task.CompletedTask;
        }
    }

    [Workflow("historyParent")]
    public class Parent
    {
        [WorkflowRun]
        public async Task RunAsync(string childId, Dictionary<string, string> options)
        {
            var child = await Workflow.StartChildWorkflowAsync("historyChild", [], new()
            {
                Id = childId,
                RunTimeout = options.TryGetValue("workflowRunTimeout", out var limit) && limit == "8s" ? TimeSpan.FromSeconds(8) : null,
            });
            await EndAsync(child.GetResultAsync());
        }
    }

    [Workflow("historyParentTwice")]
    public class ParentTwice
    {
        [WorkflowRun]
        public async Task RunAsync(string childId)
        {
            await Workflow.StartChildWorkflowAsync("historyChild", [], new() { Id = childId });
            try
            {
                await Workflow.StartChildWorkflowAsync("historyChild", [], new() { Id = childId });
            }
            catch (WorkflowAlreadyStartedException)
            {
                // That it is refused is told by the history.
            }
        }
    }

    [Workflow("historyParentCancels")]
    public class ParentCancels
    {
        private bool told;

        [WorkflowRun]
        public async Task RunAsync(string childId)
        {
            using var scope = new CancellationTokenSource();
            var child = await Workflow.StartChildWorkflowAsync(
                "historyChild", [], new() { Id = childId, CancellationToken = scope.Token });
            await Workflow.WaitConditionAsync(() => told);
            scope.Cancel();
            await EndAsync(child.GetResultAsync());
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            told = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("historyParentCloses")]
    public class ParentCloses
    {
        private bool told;

        [WorkflowRun]
        public async Task RunAsync(string prefix)
        {
            foreach (var (name, policy) in new[]
            {
                ("TERMINATE", ParentClosePolicy.Terminate),
                ("ABANDON", ParentClosePolicy.Abandon),
                ("REQUEST_CANCEL", ParentClosePolicy.RequestCancel),
            })
            {
                await Workflow.StartChildWorkflowAsync(
                    "historyChild", [], new() { Id = $"{prefix}-{name}", ParentClosePolicy = policy });
            }
            await Workflow.WaitConditionAsync(() => told);
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            told = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("historySignalsOther")]
    public class SignalsOther
    {
        [WorkflowRun]
        public async Task RunAsync(string otherId, string nobodyId)
        {
            await Workflow.GetExternalWorkflowHandle(otherId).SignalAsync("finish", ["from another"]);
            await EndAsync(Workflow.GetExternalWorkflowHandle(nobodyId).SignalAsync("finish", ["to nobody"]));
        }
    }

    [Workflow("historyCancelsOther")]
    public class CancelsOther
    {
        [WorkflowRun]
        public async Task RunAsync(string otherId, string nobodyId)
        {
            await Workflow.GetExternalWorkflowHandle(otherId).CancelAsync();
            await EndAsync(Workflow.GetExternalWorkflowHandle(nobodyId).CancelAsync());
        }
    }
}
