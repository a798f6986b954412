using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Starts;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Turns requests to start standalone activities into plans, refusing what makes no sense.</summary>
internal static class ActivityStartRequests
{
    /// <summary>The plan of a start request.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static StartPlan Plan(WorkflowLimits limits, NamespaceRecord space, StartActivityExecutionRequest request)
    {
        Requests.RequireName(limits, request.ActivityId, "ActivityId");
        Requests.RequireName(limits, request.ActivityType?.Name, "ActivityType");
        Requests.RequireTaskQueue(limits, request.TaskQueue);
        Requests.LimitName(limits, request.RequestId, "RequestId");
        Requests.LimitName(limits, request.Identity, "Identity");
        Requests.LimitBlob(limits, request.Input);
        CheckMetadata(request.UserMetadata);
        if (request.CompletionCallbacks.Count > 0)
        {
            throw RpcException.InvalidArgument("completion callbacks are not enabled for this namespace");
        }

        var delay = Requests.RequireNotNegative(request.StartDelay, "StartDelay");
        var scheduled = Scheduled(request);
        var attributes = request.SearchAttributes is null ? null : SearchAttributeRules.Check(space, request.SearchAttributes);
        SearchAttributeSizes.Check(attributes);
        var requestId = request.RequestId.Length > 0 ? request.RequestId : RunIds.New();
        return new StartPlan
        {
            Namespace = ActivitySpace.Of(space),
            WorkflowId = request.ActivityId,
            RequestId = requestId,
            Attachment = AttachmentOf(request, requestId),
            ReusePolicy = ReuseOf(request.IdReusePolicy),
            ConflictPolicy = ConflictOf(request.IdConflictPolicy),
            Metadata = request.UserMetadata,
            Links = request.Links,
            Started = _ => new WorkflowExecutionStartedEventAttributes
            {
                TaskQueue = new TaskQueue { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
                Identity = request.Identity,
                SearchAttributes = attributes,
                Priority = request.Priority,
                FirstWorkflowTaskBackoff = delay > TimeSpan.Zero ? delay.ToProto() : null,
            },
            BeforeFirstTask = t => t.ScheduleAlone(scheduled.Clone(), delay),
        };
    }

    private static ActivityTaskScheduledEventAttributes Scheduled(StartActivityExecutionRequest request)
    {
        Priorities.Check(request.Priority);
        var timeouts = ActivityTimeouts.Complete(
            request.ActivityId,
            request.ScheduleToCloseTimeout,
            request.ScheduleToStartTimeout,
            request.StartToCloseTimeout,
            request.HeartbeatTimeout,
            runTimeout: TimeSpan.Zero);
        return new ActivityTaskScheduledEventAttributes
        {
            ActivityId = request.ActivityId,
            ActivityType = request.ActivityType,
            TaskQueue = new TaskQueue { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Header = request.Header,
            Input = request.Input,
            ScheduleToCloseTimeout = timeouts.ScheduleToClose.ToProto(),
            ScheduleToStartTimeout = timeouts.ScheduleToStart.ToProto(),
            StartToCloseTimeout = timeouts.StartToClose.ToProto(),
            HeartbeatTimeout = timeouts.Heartbeat.ToProto(),
            RetryPolicy = RetryPolicies.Check(request.RetryPolicy),
            Priority = request.Priority,
        };
    }

    private static void CheckMetadata(UserMetadata? metadata)
    {
        if (metadata?.Summary?.CalculateSize() > Limits.SummaryBytes)
        {
            throw RpcException.InvalidArgument("user_metadata.summary exceeds size limit.");
        }

        if (metadata?.Details?.CalculateSize() > Limits.DetailsBytes)
        {
            throw RpcException.InvalidArgument("user_metadata.details exceeds size limit.");
        }
    }

    // What is attached to an open activity that is used instead of a new one.
    private static HistoryEvent? AttachmentOf(StartActivityExecutionRequest request, string requestId)
    {
        var options = request.OnConflictOptions;
        if (options is { AttachCompletionCallbacks: true, AttachRequestId: false })
        {
            throw RpcException.InvalidArgument("on_conflict_options: attach_completion_callbacks requires attach_request_id to be set");
        }

        if (options is { AttachRequestId: true } && request.Links.Count == 0)
        {
            throw RpcException.InvalidArgument("on_conflict_options: attach_request_id requires at least one completion callback or link");
        }

        return options is not { AttachLinks: true } || request.Links.Count == 0 ? null : new HistoryEvent
        {
            WorkflowExecutionOptionsUpdatedEventAttributes = new WorkflowExecutionOptionsUpdatedEventAttributes
            {
                AttachedRequestId = requestId,
                Identity = request.Identity,
            },
            Links = { request.Links },
        };
    }

    private static WorkflowIdReusePolicy ReuseOf(ActivityIdReusePolicy policy) => policy switch
    {
        ActivityIdReusePolicy.Unspecified or ActivityIdReusePolicy.AllowDuplicate => WorkflowIdReusePolicy.AllowDuplicate,
        ActivityIdReusePolicy.AllowDuplicateFailedOnly => WorkflowIdReusePolicy.AllowDuplicateFailedOnly,
        ActivityIdReusePolicy.RejectDuplicate => WorkflowIdReusePolicy.RejectDuplicate,
        _ => throw RpcException.InvalidArgument($"unsupported ID reuse policy: {policy}"),
    };

    private static WorkflowIdConflictPolicy ConflictOf(ActivityIdConflictPolicy policy) => policy switch
    {
        ActivityIdConflictPolicy.Unspecified or ActivityIdConflictPolicy.Fail => WorkflowIdConflictPolicy.Fail,
        ActivityIdConflictPolicy.UseExisting => WorkflowIdConflictPolicy.UseExisting,
        _ => throw RpcException.InvalidArgument($"unsupported ID conflict policy: {policy}"),
    };
}
