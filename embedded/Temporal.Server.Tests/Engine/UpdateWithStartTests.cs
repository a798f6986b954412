using Google.Protobuf.Collections;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>What a caller is told of each half of an update-with-start that fails.</summary>
public sealed class UpdateWithStartTests
{
    [Fact]
    public async Task A_start_that_makes_no_sense_is_told_as_the_error_of_the_start()
    {
        await using var server = await EngineHost.StartAsync();
        var longId = new string('x', 2000);

        var error = await FailsAsync(server, start => start.WorkflowId = longId, update => update.WorkflowExecution.WorkflowId = longId);

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var statuses = StatusesOf(error);
        Assert.Equal((int)StatusCode.InvalidArgument, statuses[0].Code);
        Assert.Equal("WorkflowId length exceeds limit.", statuses[0].Message);
        Assert.Equal("WorkflowId length exceeds limit.", statuses[1].Message);
    }

    [Fact]
    public async Task An_operation_that_was_not_tried_is_told_to_have_been_aborted()
    {
        await using var server = await EngineHost.StartAsync();

        var cron = StatusesOf(await FailsAsync(server, start => start.CronSchedule = "* * * * *"));
        Assert.Equal("CronSchedule is not allowed.", cron[0].Message);
        AssertAborted(cron[1]);

        var run = StatusesOf(await FailsAsync(server, changeUpdate: update => update.WorkflowExecution.RunId = Guid.NewGuid().ToString()));
        AssertAborted(run[0]);
        Assert.Equal("RunId is not allowed.", run[1].Message);

        await server.StartAsync("w");
        var taken = await FailsAsync(server, start => start.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.Fail);
        Assert.Equal(StatusCode.AlreadyExists, taken.StatusCode);
        Assert.True(StatusesOf(taken)[0].Details[0].Is(WorkflowExecutionAlreadyStartedFailure.Descriptor));
        AssertAborted(StatusesOf(taken)[1]);
    }

    [Fact]
    public async Task Two_operations_are_about_one_workflow_in_the_request_s_namespace()
    {
        await using var server = await EngineHost.StartAsync();

        var otherWorkflow = StatusesOf(await FailsAsync(server, changeUpdate: update => update.WorkflowExecution.WorkflowId = "other"));
        AssertAborted(otherWorkflow[0]);
        Assert.Equal("WorkflowId is not consistent with previous operation(s).", otherWorkflow[1].Message);

        var otherSpace = StatusesOf(await FailsAsync(server, changeUpdate: update => update.Namespace = "other"));
        Assert.Equal("Operation namespace did not match request's namespace.", otherSpace[1].Message);
    }

    [Fact]
    public async Task A_start_that_was_made_is_told_to_be_well_when_its_update_fails()
    {
        await using var server = await EngineHost.StartAsync();
        var call = CallAsync(server);
        await server.PollWorkflowAsync();
        await TerminateAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => call);

        var statuses = StatusesOf(error);
        Assert.Equal((int)StatusCode.OK, statuses[0].Code);
        Assert.Equal((int)error.StatusCode, statuses[1].Code);
        Assert.NotEqual((int)StatusCode.OK, statuses[1].Code);
    }

    [Fact]
    public async Task An_update_that_a_closing_run_leaves_behind_starts_the_workflow_again()
    {
        await using var server = await EngineHost.StartAsync();
        var old = await server.StartAsync("w");
        await server.StepAsync();
        var call = CallAsync(server);
        await server.PollWorkflowAsync();
        await TerminateAsync(server);

        var task = await server.PollWorkflowAsync();
        Assert.NotEqual(old.RunId, task.WorkflowExecution.RunId);
        await server.CompleteAsync(task, request => request.Messages.AddRange([Accepts(task.Messages[0]), Responds("u")]));

        var replies = (await call).Responses;
        Assert.Equal((task.WorkflowExecution.RunId, true), (replies[0].StartWorkflow.RunId, replies[0].StartWorkflow.Started));
        Assert.Equal(Stage.Completed, replies[1].UpdateWorkflow.Stage);
    }

    [Fact]
    public async Task A_start_that_is_refused_after_a_closing_run_left_the_update_behind_is_told_as_the_start_s_error()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync();
        var call = CallAsync(server, start => start.WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate);
        await server.PollWorkflowAsync();
        await TerminateAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
        AssertAborted(StatusesOf(error)[1]);
    }

    [Fact]
    public async Task An_update_that_a_closed_run_never_completed_starts_the_workflow_again_and_a_completed_one_does_not()
    {
        await using var server = await EngineHost.StartAsync();
        var accepted = CallAsync(server, changeUpdate: update => update.WaitPolicy.LifecycleStage = Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, request => request.Messages.Add(Accepts(task.Messages[0])));
        var first = (await accepted).Responses[0].StartWorkflow.RunId;
        await TerminateAsync(server);

        var again = CallAsync(server, start => start.RequestId = "another");
        task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, request => request.Messages.AddRange([Accepts(task.Messages[0]), Responds("u")]));
        var second = (await again).Responses;
        Assert.NotEqual(first, second[0].StartWorkflow.RunId);
        await TerminateAsync(server);

        var third = (await CallAsync(server, start => start.RequestId = "third")).Responses;
        Assert.Equal(second[0].StartWorkflow.RunId, third[0].StartWorkflow.RunId);
        Assert.Equal(second[1].UpdateWorkflow.Outcome, third[1].UpdateWorkflow.Outcome);
    }

    private static Task<TerminateWorkflowExecutionResponse> TerminateAsync(EngineHost server) =>
        server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );

    private static async Task<RpcException> FailsAsync(
        EngineHost server,
        Action<StartWorkflowExecutionRequest>? changeStart = null,
        Action<UpdateWorkflowExecutionRequest>? changeUpdate = null
    ) => await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, changeStart, changeUpdate));

    private static Task<ExecuteMultiOperationResponse> CallAsync(
        EngineHost server,
        Action<StartWorkflowExecutionRequest>? changeStart = null,
        Action<UpdateWorkflowExecutionRequest>? changeUpdate = null
    )
    {
        var start = new StartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = "w",
            WorkflowType = new WorkflowType { Name = "Type" },
            TaskQueue = EngineHost.Queue("tq"),
            RequestId = "request",
            WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UseExisting,
        };
        changeStart?.Invoke(start);
        var update = Update("u", Stage.Completed);
        changeUpdate?.Invoke(update);
        return server.CallAsync<ExecuteMultiOperationResponse>(
            new ExecuteMultiOperationRequest
            {
                Namespace = "default",
                Operations =
                {
                    new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = start },
                    new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = update },
                },
            }
        );
    }

    private static RepeatedField<MultiOperationExecutionFailure.Types.OperationStatus> StatusesOf(RpcException error) =>
        Assert.IsType<MultiOperationExecutionFailure>(Assert.Single(error.Details)).Statuses;

    private static void AssertAborted(MultiOperationExecutionFailure.Types.OperationStatus status)
    {
        Assert.Equal((int)StatusCode.Aborted, status.Code);
        Assert.True(status.Details[0].Is(MultiOperationExecutionAborted.Descriptor));
    }
}
