namespace Temporal.Server.Http.Routing;

/// <summary>
/// Temporal's public HTTP API: which call is found where. Each is under <c>/api/v1/</c> and, as on the real server's HTTP API port, at
/// the root. A GET or DELETE takes the rest of its request from the query string, a POST from its body as well.
/// </summary>
internal static class RouteTable
{
    private const string Space = "namespaces/{namespace}";
    private const string Spaces = "namespaces";
    private const string Workflow = Space + "/workflows/{workflow_id}";
    private const string Execution = Space + "/workflows/{execution.workflow_id}";
    private const string WorkflowExecution = Space + "/workflows/{workflow_execution.workflow_id}";
    private const string Activity = Space + "/activities/{activity_id}";
    private const string WorkflowActivity = Workflow + "/activities/{activity_id}";
    private const string Schedule = Space + "/schedules/{schedule_id}";
    private const string Batch = Space + "/batch-operations/{job_id}";
    private const string Queue = Space + "/task-queues/{task_queue}";
    private const string Deployment = Space + "/worker-deployments/{deployment_name}";
    private const string DeploymentVersions = Space + "/worker-deployment-versions/{deployment_version.deployment_name}";
    private const string DeploymentVersion = DeploymentVersions + "/{deployment_version.build_id}";
    private const string Series = Space + "/deployments/{deployment.series_name}/{deployment.build_id}";
    private const string Rule = Space + "/workflow-rules/{rule_id}";
    private const string NexusOperation = Space + "/nexus-operations/{operation_id}";
    private const string NexusEndpoints = "nexus/endpoints";

    /// <summary>Every route, with the calls that this server does not serve: those are answered as unimplemented, not as not found.</summary>
    public static IEnumerable<HttpRoute> All => [.. System, .. Namespaces, .. Workflows, .. Activities, .. Schedules, .. Workers, .. Nexus];

    private static IEnumerable<HttpRoute> System =>
    [
        new("GET", "GetClusterInfo", "cluster-info", Bare: "cluster"),
        new("GET", "GetSystemInfo", "system-info"),
    ];

    private static IEnumerable<HttpRoute> Namespaces =>
    [
        new("POST", "RegisterNamespace", Spaces, Bare: "cluster/" + Spaces),
        new("GET", "ListNamespaces", Spaces, Bare: "cluster/" + Spaces),
        new("GET", "DescribeNamespace", Space, Bare: "cluster/" + Space),
        new("POST", "UpdateNamespace", Space + "/update", Bare: "cluster/" + Space + "/update"),
        new("GET", "ListSearchAttributes", Space + "/search-attributes", Bare: "cluster/" + Space + "/search-attributes"),
    ];

    private static IEnumerable<HttpRoute> Workflows =>
    [
        new("POST", "StartWorkflowExecution", Workflow),
        new("GET", "ListWorkflowExecutions", Space + "/workflows"),
        new("GET", "CountWorkflowExecutions", Space + "/workflow-count"),
        new("GET", "ListArchivedWorkflowExecutions", Space + "/archived-workflows"),
        new("GET", "DescribeWorkflowExecution", Execution),
        new("GET", "GetWorkflowExecutionHistory", Execution + "/history"),
        new("GET", "GetWorkflowExecutionHistoryReverse", Execution + "/history-reverse"),
        new("POST", "QueryWorkflow", Execution + "/query/{query.query_type}"),
        new("POST", "TriggerWorkflowRule", Execution + "/trigger-rule"),
        new("POST", "SignalWithStartWorkflowExecution", Workflow + "/signal-with-start/{signal_name}"),
        new("POST", "PauseWorkflowExecution", Workflow + "/pause"),
        new("POST", "UnpauseWorkflowExecution", Workflow + "/unpause"),
        new("POST", "SignalWorkflowExecution", WorkflowExecution + "/signal/{signal_name}"),
        new("POST", "RequestCancelWorkflowExecution", WorkflowExecution + "/cancel"),
        new("POST", "TerminateWorkflowExecution", WorkflowExecution + "/terminate"),
        new("POST", "ResetWorkflowExecution", WorkflowExecution + "/reset"),
        new("POST", "UpdateWorkflowExecution", WorkflowExecution + "/update/{request.input.name}"),
        new("POST", "UpdateWorkflowExecutionOptions", WorkflowExecution + "/update-options"),
        new("POST", "StartBatchOperation", Batch),
        new("POST", "StopBatchOperation", Batch + "/stop"),
        new("GET", "DescribeBatchOperation", Batch),
        new("GET", "ListBatchOperations", Space + "/batch-operations"),
        new("POST", "CreateWorkflowRule", Space + "/workflow-rules"),
        new("GET", "ListWorkflowRules", Space + "/workflow-rules"),
        new("GET", "DescribeWorkflowRule", Rule),
        new("DELETE", "DeleteWorkflowRule", Rule),
    ];

    private static IEnumerable<HttpRoute> Activities =>
    [
        new("POST", "RecordActivityTaskHeartbeat", Space + "/activity-heartbeat"),
        new("POST", "RespondActivityTaskCompleted", Space + "/activity-complete"),
        new("POST", "RespondActivityTaskFailed", Space + "/activity-fail"),
        new("POST", "RespondActivityTaskCanceled", Space + "/activity-resolve-as-canceled"),
        .. InBoth("RecordActivityTaskHeartbeatById", "heartbeat"),
        .. InBoth("RespondActivityTaskCompletedById", "complete"),
        .. InBoth("RespondActivityTaskFailedById", "fail"),
        .. InBoth("RespondActivityTaskCanceledById", "resolve-as-canceled"),
        .. InBoth("PauseActivityExecution", "pause"),
        .. InBoth("ResetActivityExecution", "reset"),
        .. InBoth("UnpauseActivityExecution", "unpause"),
        .. InBoth("UpdateActivityExecutionOptions", "update-options"),
        new("POST", "UpdateActivityOptions", Space + "/activities-deprecated/update-options"),
        new("POST", "PauseActivity", Space + "/activities-deprecated/pause"),
        new("POST", "UnpauseActivity", Space + "/activities-deprecated/unpause"),
        new("POST", "ResetActivity", Space + "/activities-deprecated/reset"),
        new("POST", "StartActivityExecution", Activity),
        new("GET", "DescribeActivityExecution", Activity),
        new("GET", "PollActivityExecution", Activity + "/outcome"),
        new("POST", "RequestCancelActivityExecution", Activity + "/cancel"),
        new("POST", "TerminateActivityExecution", Activity + "/terminate"),
        new("GET", "ListActivityExecutions", Space + "/activities"),
        new("GET", "CountActivityExecutions", Space + "/activity-count"),
    ];

    private static IEnumerable<HttpRoute> Schedules =>
    [
        new("POST", "CreateSchedule", Schedule),
        new("GET", "DescribeSchedule", Schedule),
        new("DELETE", "DeleteSchedule", Schedule),
        new("POST", "UpdateSchedule", Schedule + "/update"),
        new("POST", "PatchSchedule", Schedule + "/patch"),
        new("GET", "ListScheduleMatchingTimes", Schedule + "/matching-times"),
        new("GET", "ListSchedules", Space + "/schedules"),
        new("GET", "CountSchedules", Space + "/schedule-count"),
    ];

    private static IEnumerable<HttpRoute> Workers =>
    [
        new("GET", "DescribeTaskQueue", Space + "/task-queues/{task_queue.name}"),
        new("POST", "UpdateTaskQueueConfig", Queue + "/update-config"),
        new("GET", "GetWorkerBuildIdCompatibility", Queue + "/worker-build-id-compatibility"),
        new("GET", "GetWorkerVersioningRules", Queue + "/worker-versioning-rules"),
        new("GET", "GetWorkerTaskReachability", Space + "/worker-task-reachability"),
        new("POST", "RecordWorkerHeartbeat", Space + "/workers/heartbeat"),
        new("GET", "ListWorkers", Space + "/workers"),
        new("GET", "CountWorkers", Space + "/worker-count"),
        new("GET", "DescribeWorker", Space + "/workers/describe/{worker_instance_key}"),
        new("POST", "FetchWorkerConfig", Space + "/workers/fetch-config"),
        new("POST", "UpdateWorkerConfig", Space + "/workers/update-config"),
        new("GET", "ListDeployments", Space + "/deployments"),
        new("GET", "DescribeDeployment", Series),
        new("GET", "GetDeploymentReachability", Series + "/reachability"),
        new("GET", "GetCurrentDeployment", Space + "/current-deployment/{series_name}"),
        new("POST", "SetCurrentDeployment", Space + "/current-deployment/{deployment.series_name}"),
        new("GET", "ListWorkerDeployments", Space + "/worker-deployments"),
        new("POST", "CreateWorkerDeployment", Deployment),
        new("GET", "DescribeWorkerDeployment", Deployment),
        new("DELETE", "DeleteWorkerDeployment", Deployment),
        new("POST", "SetWorkerDeploymentCurrentVersion", Deployment + "/set-current-version"),
        new("POST", "SetWorkerDeploymentRampingVersion", Deployment + "/set-ramping-version"),
        new("POST", "SetWorkerDeploymentManager", Deployment + "/set-manager"),
        new("POST", "CreateWorkerDeploymentVersion", DeploymentVersions),
        new("GET", "DescribeWorkerDeploymentVersion", DeploymentVersion),
        new("DELETE", "DeleteWorkerDeploymentVersion", DeploymentVersion),
        new("POST", "UpdateWorkerDeploymentVersionComputeConfig", DeploymentVersion + "/update-compute-config"),
        new("POST", "ValidateWorkerDeploymentVersionComputeConfig", DeploymentVersion + "/validate-compute-config"),
        new("POST", "UpdateWorkerDeploymentVersionMetadata", DeploymentVersion + "/update-metadata"),
    ];

    private static IEnumerable<HttpRoute> Nexus =>
    [
        new("POST", "StartNexusOperationExecution", NexusOperation),
        new("GET", "DescribeNexusOperationExecution", NexusOperation),
        new("GET", "PollNexusOperationExecution", NexusOperation + "/poll"),
        new("POST", "RequestCancelNexusOperationExecution", NexusOperation + "/cancel"),
        new("POST", "TerminateNexusOperationExecution", NexusOperation + "/terminate"),
        new("GET", "ListNexusOperationExecutions", Space + "/nexus-operations"),
        new("GET", "CountNexusOperationExecutions", Space + "/nexus-operation-count"),
        new("GET", "ListNexusEndpoints", NexusEndpoints, Bare: "cluster/" + NexusEndpoints),
        new("POST", "CreateNexusEndpoint", NexusEndpoints, Bare: "cluster/" + NexusEndpoints),
        new("GET", "GetNexusEndpoint", NexusEndpoints + "/{id}", Bare: "cluster/" + NexusEndpoints + "/{id}"),
        new("POST", "UpdateNexusEndpoint", NexusEndpoints + "/{id}/update", Bare: "cluster/" + NexusEndpoints + "/{id}/update"),
        new("DELETE", "DeleteNexusEndpoint", NexusEndpoints + "/{id}", Bare: "cluster/" + NexusEndpoints + "/{id}"),
    ];

    // An activity of a workflow, and one that stands alone.
    private static IEnumerable<HttpRoute> InBoth(string call, string verb) =>
        [new("POST", call, $"{Activity}/{verb}"), new("POST", call, $"{WorkflowActivity}/{verb}")];
}
