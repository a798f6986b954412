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
        await server.CallAsync<TerminateWorkflowExecutionResponse>(new TerminateWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
        });

        var error = await Assert.ThrowsAsync<RpcException>(() => call);

        var statuses = StatusesOf(error);
        Assert.Equal((int)StatusCode.Ok, statuses[0].Code);
        Assert.Equal((int)error.StatusCode, statuses[1].Code);
        Assert.NotEqual((int)StatusCode.Ok, statuses[1].Code);
    }

    private static async Task<RpcException> FailsAsync(
        EngineHost server, Action<StartWorkflowExecutionRequest>? changeStart = null, Action<UpdateWorkflowExecutionRequest>? changeUpdate = null) =>
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, changeStart, changeUpdate));

    private static Task<ExecuteMultiOperationResponse> CallAsync(
        EngineHost server, Action<StartWorkflowExecutionRequest>? changeStart = null, Action<UpdateWorkflowExecutionRequest>? changeUpdate = null)
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
        return server.CallAsync<ExecuteMultiOperationResponse>(new ExecuteMultiOperationRequest
        {
            Namespace = "default",
            Operations =
            {
                new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = start },
                new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = update },
            },
        });
    }

    private static RepeatedField<MultiOperationExecutionFailure.Types.OperationStatus> StatusesOf(RpcException error) =>
        Assert.IsType<MultiOperationExecutionFailure>(Assert.Single(error.Details)).Statuses;

    private static void AssertAborted(MultiOperationExecutionFailure.Types.OperationStatus status)
    {
        Assert.Equal((int)StatusCode.Aborted, status.Code);
        Assert.True(status.Details[0].Is(MultiOperationExecutionAborted.Descriptor));
    }
}
