using Temporal.Server.Batches;
using Temporal.Server.History;
using Temporal.Server.History.Starts;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using Temporal.Server.Timers;
using Temporal.Server.Workers;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.TestService.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>The table of contents: which handler serves which method.</summary>
internal static class ServedMethods
{
    /// <summary>Serves the workflow and operator services.</summary>
    public static void AddTemporal(this RpcMethods methods, HistoryEngine engine, IExecutionStore store)
    {
        const string service = "temporal.api.workflowservice.v1.WorkflowService";
        var starter = new WorkflowStarter(engine);
        var directQueries = new DirectQueries(engine);

        var system = new SystemHandlers(store is PostgresStore ? "postgres12" : "memory");
        methods.Add<GetSystemInfoRequest, GetSystemInfoResponse>(service, "GetSystemInfo", system.GetSystemInfoAsync);
        methods.Add<GetClusterInfoRequest, GetClusterInfoResponse>(service, "GetClusterInfo", system.GetClusterInfoAsync);

        var namespaces = new NamespaceHandlers(engine.Namespaces, engine.Limits);
        methods.Add<DescribeNamespaceRequest, DescribeNamespaceResponse>(service, "DescribeNamespace", namespaces.DescribeAsync);
        methods.Add<ListNamespacesRequest, ListNamespacesResponse>(service, "ListNamespaces", namespaces.ListAsync);
        methods.Add<RegisterNamespaceRequest, RegisterNamespaceResponse>(service, "RegisterNamespace", namespaces.RegisterAsync);
        methods.Add<UpdateNamespaceRequest, UpdateNamespaceResponse>(service, "UpdateNamespace", namespaces.UpdateAsync);
        methods.Add<GetSearchAttributesRequest, GetSearchAttributesResponse>(
            service,
            "GetSearchAttributes",
            namespaces.GetSearchAttributesAsync
        );

        var starts = new StartHandlers(engine, starter);
        methods.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(service, "StartWorkflowExecution", starts.StartAsync);
        methods.Add<SignalWithStartWorkflowExecutionRequest, SignalWithStartWorkflowExecutionResponse>(
            service,
            "SignalWithStartWorkflowExecution",
            starts.SignalWithStartAsync
        );
        methods.Add<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>(
            service,
            "ExecuteMultiOperation",
            new MultiOperationHandlers(engine, starter).ExecuteAsync
        );

        var executions = new ExecutionHandlers(engine);
        methods.Add<SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse>(
            service,
            "SignalWorkflowExecution",
            executions.SignalAsync
        );
        methods.Add<RequestCancelWorkflowExecutionRequest, RequestCancelWorkflowExecutionResponse>(
            service,
            "RequestCancelWorkflowExecution",
            executions.RequestCancelAsync
        );
        methods.Add<TerminateWorkflowExecutionRequest, TerminateWorkflowExecutionResponse>(
            service,
            "TerminateWorkflowExecution",
            executions.TerminateAsync
        );
        methods.Add<DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse>(
            service,
            "DescribeWorkflowExecution",
            executions.DescribeAsync
        );
        methods.Add<DeleteWorkflowExecutionRequest, DeleteWorkflowExecutionResponse>(
            service,
            "DeleteWorkflowExecution",
            executions.DeleteAsync
        );

        methods.Add<ResetWorkflowExecutionRequest, ResetWorkflowExecutionResponse>(
            service,
            "ResetWorkflowExecution",
            new ResetHandlers(engine).ResetAsync
        );

        var queries = new QueryHandlers(engine, directQueries);
        methods.Add<QueryWorkflowRequest, QueryWorkflowResponse>(service, "QueryWorkflow", queries.QueryAsync);

        var updates = new UpdateHandlers(engine);
        methods.Add<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>(
            service,
            "UpdateWorkflowExecution",
            updates.UpdateAsync
        );
        methods.Add<PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse>(
            service,
            "PollWorkflowExecutionUpdate",
            updates.PollAsync
        );

        var histories = new HistoryHandlers(engine);
        methods.Add<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>(
            service,
            "GetWorkflowExecutionHistory",
            histories.GetAsync
        );
        methods.Add<GetWorkflowExecutionHistoryReverseRequest, GetWorkflowExecutionHistoryReverseResponse>(
            service,
            "GetWorkflowExecutionHistoryReverse",
            histories.GetReverseAsync
        );

        var visibility = new VisibilityHandlers(engine, store);
        methods.Add<ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse>(service, "ListWorkflowExecutions", visibility.ListAsync);
        methods.Add<ScanWorkflowExecutionsRequest, ScanWorkflowExecutionsResponse>(service, "ScanWorkflowExecutions", visibility.ScanAsync);
        methods.Add<CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse>(
            service,
            "CountWorkflowExecutions",
            visibility.CountAsync
        );

        var workflowTasks = new WorkflowTaskHandlers(engine, directQueries);
        methods.Add<PollWorkflowTaskQueueRequest, PollWorkflowTaskQueueResponse>(service, "PollWorkflowTaskQueue", workflowTasks.PollAsync);
        methods.Add<RespondWorkflowTaskCompletedRequest, RespondWorkflowTaskCompletedResponse>(
            service,
            "RespondWorkflowTaskCompleted",
            workflowTasks.CompleteAsync
        );
        methods.Add<RespondWorkflowTaskFailedRequest, RespondWorkflowTaskFailedResponse>(
            service,
            "RespondWorkflowTaskFailed",
            workflowTasks.FailAsync
        );
        methods.Add<RespondQueryTaskCompletedRequest, RespondQueryTaskCompletedResponse>(
            service,
            "RespondQueryTaskCompleted",
            workflowTasks.AnswerQueryAsync
        );
        methods.Add<ResetStickyTaskQueueRequest, ResetStickyTaskQueueResponse>(
            service,
            "ResetStickyTaskQueue",
            workflowTasks.ResetStickyAsync
        );

        var activities = new ActivityHandlers(engine);
        methods.Add<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>(service, "PollActivityTaskQueue", activities.PollAsync);
        methods.Add<RecordActivityTaskHeartbeatRequest, RecordActivityTaskHeartbeatResponse>(
            service,
            "RecordActivityTaskHeartbeat",
            activities.HeartbeatAsync
        );
        methods.Add<RecordActivityTaskHeartbeatByIdRequest, RecordActivityTaskHeartbeatByIdResponse>(
            service,
            "RecordActivityTaskHeartbeatById",
            activities.HeartbeatByIdAsync
        );
        methods.Add<RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse>(
            service,
            "RespondActivityTaskCompleted",
            activities.CompleteAsync
        );
        methods.Add<RespondActivityTaskCompletedByIdRequest, RespondActivityTaskCompletedByIdResponse>(
            service,
            "RespondActivityTaskCompletedById",
            activities.CompleteByIdAsync
        );
        methods.Add<RespondActivityTaskFailedRequest, RespondActivityTaskFailedResponse>(
            service,
            "RespondActivityTaskFailed",
            activities.FailAsync
        );
        methods.Add<RespondActivityTaskFailedByIdRequest, RespondActivityTaskFailedByIdResponse>(
            service,
            "RespondActivityTaskFailedById",
            activities.FailByIdAsync
        );
        methods.Add<RespondActivityTaskCanceledRequest, RespondActivityTaskCanceledResponse>(
            service,
            "RespondActivityTaskCanceled",
            activities.CancelAsync
        );
        methods.Add<RespondActivityTaskCanceledByIdRequest, RespondActivityTaskCanceledByIdResponse>(
            service,
            "RespondActivityTaskCanceledById",
            activities.CancelByIdAsync
        );

        var activityOperations = new ActivityOperationHandlers(engine);
        methods.Add<PauseActivityRequest, PauseActivityResponse>(service, "PauseActivity", activityOperations.PauseAsync);
        methods.Add<UnpauseActivityRequest, UnpauseActivityResponse>(service, "UnpauseActivity", activityOperations.UnpauseAsync);
        methods.Add<ResetActivityRequest, ResetActivityResponse>(service, "ResetActivity", activityOperations.ResetAsync);
        methods.Add<UpdateActivityOptionsRequest, UpdateActivityOptionsResponse>(
            service,
            "UpdateActivityOptions",
            activityOperations.UpdateOptionsAsync
        );

        // The same by their newer names.
        var activityExecutions = new ActivityExecutionOperationHandlers(activityOperations);
        methods.Add<PauseActivityExecutionRequest, PauseActivityExecutionResponse>(
            service,
            "PauseActivityExecution",
            activityExecutions.PauseAsync
        );
        methods.Add<UnpauseActivityExecutionRequest, UnpauseActivityExecutionResponse>(
            service,
            "UnpauseActivityExecution",
            activityExecutions.UnpauseAsync
        );
        methods.Add<ResetActivityExecutionRequest, ResetActivityExecutionResponse>(
            service,
            "ResetActivityExecution",
            activityExecutions.ResetAsync
        );
        methods.Add<UpdateActivityExecutionOptionsRequest, UpdateActivityExecutionOptionsResponse>(
            service,
            "UpdateActivityExecutionOptions",
            activityExecutions.UpdateOptionsAsync
        );

        var workflowOptions = new WorkflowOptionHandlers(engine);
        methods.Add<UpdateWorkflowExecutionOptionsRequest, UpdateWorkflowExecutionOptionsResponse>(
            service,
            "UpdateWorkflowExecutionOptions",
            workflowOptions.UpdateAsync
        );

        const string operations = "temporal.api.operatorservice.v1.OperatorService";
        methods.Add<AddSearchAttributesRequest, AddSearchAttributesResponse>(
            operations,
            "AddSearchAttributes",
            namespaces.AddSearchAttributesAsync
        );
        methods.Add<RemoveSearchAttributesRequest, RemoveSearchAttributesResponse>(
            operations,
            "RemoveSearchAttributes",
            namespaces.RemoveSearchAttributesAsync
        );
        methods.Add<ListSearchAttributesRequest, ListSearchAttributesResponse>(
            operations,
            "ListSearchAttributes",
            namespaces.ListSearchAttributesAsync
        );
    }

    /// <summary>Serves the calls about task queues and workers.</summary>
    public static void AddWorkers(this RpcMethods methods, HistoryEngine engine, WorkerRegistry registry)
    {
        const string service = "temporal.api.workflowservice.v1.WorkflowService";
        var queues = new TaskQueueHandlers(engine);
        methods.Add<DescribeTaskQueueRequest, DescribeTaskQueueResponse>(service, "DescribeTaskQueue", queues.DescribeAsync);
        methods.Add<ListTaskQueuePartitionsRequest, ListTaskQueuePartitionsResponse>(
            service,
            "ListTaskQueuePartitions",
            queues.ListPartitionsAsync
        );

        var workers = new WorkerHandlers(engine, registry);
        methods.Add<RecordWorkerHeartbeatRequest, RecordWorkerHeartbeatResponse>(
            service,
            "RecordWorkerHeartbeat",
            workers.RecordHeartbeatAsync
        );
        methods.Add<ListWorkersRequest, ListWorkersResponse>(service, "ListWorkers", workers.ListAsync);
        methods.Add<CountWorkersRequest, CountWorkersResponse>(service, "CountWorkers", workers.CountAsync);
        methods.Add<DescribeWorkerRequest, DescribeWorkerResponse>(service, "DescribeWorker", workers.DescribeAsync);
        methods.Add<ShutdownWorkerRequest, ShutdownWorkerResponse>(service, "ShutdownWorker", workers.ShutdownAsync);
    }

    /// <summary>Serves the calls for batch operations.</summary>
    public static void AddBatches(this RpcMethods methods, HistoryEngine engine, BatchService service)
    {
        const string descriptor = "temporal.api.workflowservice.v1.WorkflowService";
        var batches = new BatchHandlers(engine, service);
        methods.Add<StartBatchOperationRequest, StartBatchOperationResponse>(descriptor, "StartBatchOperation", batches.StartAsync);
        methods.Add<StopBatchOperationRequest, StopBatchOperationResponse>(descriptor, "StopBatchOperation", batches.StopAsync);
        methods.Add<DescribeBatchOperationRequest, DescribeBatchOperationResponse>(
            descriptor,
            "DescribeBatchOperation",
            batches.DescribeAsync
        );
        methods.Add<ListBatchOperationsRequest, ListBatchOperationsResponse>(descriptor, "ListBatchOperations", batches.ListAsync);
    }

    /// <summary>Serves the calls for schedules.</summary>
    public static void AddSchedules(this RpcMethods methods, HistoryEngine engine, ScheduleService service)
    {
        const string descriptor = "temporal.api.workflowservice.v1.WorkflowService";
        var schedules = new ScheduleHandlers(engine, service);
        methods.Add<CreateScheduleRequest, CreateScheduleResponse>(descriptor, "CreateSchedule", schedules.CreateAsync);
        methods.Add<UpdateScheduleRequest, UpdateScheduleResponse>(descriptor, "UpdateSchedule", schedules.UpdateAsync);
        methods.Add<PatchScheduleRequest, PatchScheduleResponse>(descriptor, "PatchSchedule", schedules.PatchAsync);
        methods.Add<DeleteScheduleRequest, DeleteScheduleResponse>(descriptor, "DeleteSchedule", schedules.DeleteAsync);

        var reads = new ScheduleReadHandlers(engine, service);
        methods.Add<DescribeScheduleRequest, DescribeScheduleResponse>(descriptor, "DescribeSchedule", reads.DescribeAsync);
        methods.Add<ListScheduleMatchingTimesRequest, ListScheduleMatchingTimesResponse>(
            descriptor,
            "ListScheduleMatchingTimes",
            reads.ListMatchingTimesAsync
        );
        methods.Add<ListSchedulesRequest, ListSchedulesResponse>(descriptor, "ListSchedules", reads.ListAsync);
        methods.Add<CountSchedulesRequest, CountSchedulesResponse>(descriptor, "CountSchedules", reads.CountAsync);
    }

    /// <summary>Serves the test service of a time-skipping server.</summary>
    public static void AddTestService(this RpcMethods methods, SkippingClock clock, WakeQueue wakes, CancellationToken stopping)
    {
        const string service = "temporal.api.testservice.v1.TestService";
        var test = new TestServiceHandlers(clock, wakes, stopping);
        methods.Add<LockTimeSkippingRequest, LockTimeSkippingResponse>(service, "LockTimeSkipping", test.LockAsync);
        methods.Add<UnlockTimeSkippingRequest, UnlockTimeSkippingResponse>(service, "UnlockTimeSkipping", test.UnlockAsync);
        methods.Add<SleepRequest, SleepResponse>(service, "Sleep", test.SleepAsync);
        methods.Add<SleepUntilRequest, SleepResponse>(service, "SleepUntil", test.SleepUntilAsync);
        methods.Add<SleepRequest, SleepResponse>(service, "UnlockTimeSkippingWithSleep", test.UnlockWithSleepAsync);
        methods.Add<Google.Protobuf.WellKnownTypes.Empty, GetCurrentTimeResponse>(service, "GetCurrentTime", test.GetCurrentTimeAsync);
    }
}
