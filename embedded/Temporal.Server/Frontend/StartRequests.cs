using Temporal.Server.History;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Starts;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Turns clients' start requests into plans, refusing what makes no sense.</summary>
internal static class StartRequests
{
    /// <summary>The plan of a start request.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static StartPlan Plan(WorkflowLimits limits, NamespaceRecord space, StartWorkflowExecutionRequest request)
    {
        Requests.RequireName(limits, request.WorkflowId, "WorkflowId");
        Requests.RequireName(limits, request.WorkflowType?.Name, "WorkflowType");
        Requests.RequireTaskQueue(limits, request.TaskQueue);
        Requests.LimitName(limits, request.RequestId, "RequestId");
        Requests.LimitName(limits, request.Identity, "Identity");
        Requests.LimitBlob(limits, request.Input);
        Requests.LimitMemo(limits, request.Memo);
        Priorities.Check(request.Priority);
        Requests.RequireNotNegative(request.WorkflowExecutionTimeout, "WorkflowExecutionTimeout");
        Requests.RequireNotNegative(request.WorkflowRunTimeout, "WorkflowRunTimeout");
        Requests.RequireNotNegative(request.WorkflowTaskTimeout, "WorkflowTaskTimeout");
        var delay = Requests.RequireNotNegative(request.WorkflowStartDelay, "WorkflowStartDelay");
        CronSchedule.Check(request.CronSchedule);
        if (request.CronSchedule.Length > 0 && delay > TimeSpan.Zero)
        {
            throw RpcException.InvalidArgument("CronSchedule and WorkflowStartDelay may not be used together.");
        }

        var (reuse, conflict) = Policies(request.WorkflowIdReusePolicy, request.WorkflowIdConflictPolicy, WorkflowIdConflictPolicy.Fail);
        var retryPolicy = RetryPolicies.CheckForWorkflow(request.RetryPolicy);
        var attributes = request.SearchAttributes is null ? null : SearchAttributeRules.Check(space, request.SearchAttributes);
        SearchAttributeSizes.Check(attributes);
        var requestId = request.RequestId.Length > 0 ? request.RequestId : RunIds.New();
        var eager = request.RequestEagerExecution && request.CronSchedule.Length == 0 && delay == TimeSpan.Zero;
        return new StartPlan
        {
            Namespace = space,
            WorkflowId = request.WorkflowId,
            RequestId = requestId,
            Attachment = AttachmentOf(request, requestId),
            EagerWorker = eager ? request.Identity : null,
            ReusePolicy = reuse,
            ConflictPolicy = conflict,
            Metadata = request.UserMetadata,
            Links = request.Links,
            Started = now =>
                StartedEvents.Complete(
                    limits,
                    new WorkflowExecutionStartedEventAttributes
                    {
                        WorkflowType = request.WorkflowType,
                        TaskQueue = new TaskQueue { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
                        Input = request.Input,
                        WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
                        WorkflowRunTimeout = request.WorkflowRunTimeout,
                        WorkflowTaskTimeout = request.WorkflowTaskTimeout,
                        Identity = request.Identity,
                        RetryPolicy = retryPolicy,
                        CronSchedule = request.CronSchedule,
                        Memo = request.Memo,
                        SearchAttributes = attributes,
                        Header = request.Header,
                        ContinuedFailure = request.ContinuedFailure,
                        LastCompletionResult = request.LastCompletionResult,
                        CompletionCallbacks = { request.CompletionCallbacks },
                        Priority = request.Priority,
                        VersioningOverride = request.VersioningOverride,
                        EagerExecutionAccepted = eager,
                    },
                    now,
                    delay
                ),
        };
    }

    // What is attached to a run that is used instead of a new one.
    private static HistoryEvent? AttachmentOf(StartWorkflowExecutionRequest request, string requestId)
    {
        var options = request.OnConflictOptions;
        if (options is not ({ AttachRequestId: true } or { AttachCompletionCallbacks: true } or { AttachLinks: true }))
        {
            return null;
        }

        if (options is { AttachCompletionCallbacks: true, AttachRequestId: false })
        {
            throw RpcException.InvalidArgument("attaching request ID is required for attaching completion callbacks");
        }

        return new HistoryEvent
        {
            WorkflowExecutionOptionsUpdatedEventAttributes = new WorkflowExecutionOptionsUpdatedEventAttributes
            {
                AttachedRequestId = options.AttachRequestId ? requestId : "",
                AttachedCompletionCallbacks = { options.AttachCompletionCallbacks ? request.CompletionCallbacks : [] },
                Identity = request.Identity,
            },
            Links = { options.AttachLinks ? request.Links : [] },
        };
    }

    /// <summary>The start that a signal-with-start brings along.</summary>
    public static StartWorkflowExecutionRequest StartOf(SignalWithStartWorkflowExecutionRequest request) =>
        new()
        {
            Namespace = request.Namespace,
            WorkflowId = request.WorkflowId,
            WorkflowType = request.WorkflowType,
            TaskQueue = request.TaskQueue,
            Input = request.Input,
            WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
            WorkflowRunTimeout = request.WorkflowRunTimeout,
            WorkflowTaskTimeout = request.WorkflowTaskTimeout,
            Identity = request.Identity,
            RequestId = request.RequestId,
            WorkflowIdReusePolicy = request.WorkflowIdReusePolicy,
            WorkflowIdConflictPolicy =
                request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.Unspecified
                    ? WorkflowIdConflictPolicy.UseExisting
                    : request.WorkflowIdConflictPolicy,
            RetryPolicy = request.RetryPolicy,
            CronSchedule = request.CronSchedule,
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            Header = request.Header,
            WorkflowStartDelay = request.WorkflowStartDelay,
            UserMetadata = request.UserMetadata,
            Links = { request.Links },
            Priority = request.Priority,
        };

    private static (WorkflowIdReusePolicy Reuse, WorkflowIdConflictPolicy Conflict) Policies(
        WorkflowIdReusePolicy reuse,
        WorkflowIdConflictPolicy conflict,
        WorkflowIdConflictPolicy defaultConflict
    )
    {
        if (reuse == WorkflowIdReusePolicy.TerminateIfRunning)
        {
            return conflict == WorkflowIdConflictPolicy.Unspecified
                ? (WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.TerminateExisting)
                : throw RpcException.InvalidArgument(
                    "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy."
                );
        }

        if (conflict == WorkflowIdConflictPolicy.TerminateExisting && reuse == WorkflowIdReusePolicy.RejectDuplicate)
        {
            throw RpcException.InvalidArgument(
                "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING."
            );
        }

        return (
            reuse == WorkflowIdReusePolicy.Unspecified ? WorkflowIdReusePolicy.AllowDuplicate : reuse,
            conflict == WorkflowIdConflictPolicy.Unspecified ? defaultConflict : conflict
        );
    }
}
