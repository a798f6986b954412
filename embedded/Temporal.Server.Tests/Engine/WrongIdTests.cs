using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Engine;

public sealed class WrongIdTests
{
    [Fact]
    public async Task A_run_asked_for_under_another_workflow_id_is_not_found_and_stays_what_it_is()
    {
        await using var host = await EngineHost.StartAsync(cachedRuns: 100);
        var run = (await host.StartAsync("mine")).RunId;
        await host.StartAsync("other");
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() =>
                host.CallAsync<TerminateWorkflowExecutionResponse>(
                    new TerminateWorkflowExecutionRequest
                    {
                        Namespace = "default",
                        WorkflowExecution = new WorkflowExecution { WorkflowId = "other", RunId = run },
                    }
                )
            );
            Assert.Equal(StatusCode.NotFound, error.StatusCode);
            Assert.Equal("WorkflowExecutionStarted WorkflowTaskScheduled", await host.TypesAsync("mine", run));
        }
    }

    [Fact]
    public async Task Commands_without_their_attributes_and_messages_with_one_id_fail_the_workflow_task()
    {
        await using var host = await EngineHost.StartAsync();
        foreach (var type in Enum.GetValues<Temporalio.Api.Enums.V1.CommandType>())
        {
            await host.StartAsync(type.ToString());
            var task = await host.PollWorkflowAsync();

            var error = await Assert.ThrowsAsync<RpcException>(() =>
                host.CompleteAsync(task, new Temporalio.Api.Command.V1.Command { CommandType = type })
            );

            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.EndsWith(" WorkflowTaskFailed", await host.TypesAsync(type.ToString()), StringComparison.Ordinal);
            await host.CallAsync<TerminateWorkflowExecutionResponse>(
                new TerminateWorkflowExecutionRequest { Namespace = "default", WorkflowExecution = task.WorkflowExecution }
            );
        }

        await host.StartAsync("messages");
        var twice = await host.PollWorkflowAsync();
        var message = new Temporalio.Api.Protocol.V1.Message { Id = "m" };
        Assert.Equal(
            StatusCode.InvalidArgument,
            (
                await Assert.ThrowsAsync<RpcException>(() => host.CompleteAsync(twice, request => request.Messages.Add([message, message])))
            ).StatusCode
        );
    }

    [Fact]
    public async Task A_request_with_a_task_token_names_a_namespace_that_is_there_and_the_token_s_own()
    {
        await using var host = await EngineHost.StartAsync();
        await host.CallAsync<RegisterNamespaceResponse>(
            new RegisterNamespaceRequest
            {
                Namespace = "other",
                WorkflowExecutionRetentionPeriod = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(1)),
            }
        );
        await host.StartAsync("w");
        var task = await host.PollWorkflowAsync();

        var unknown = await Assert.ThrowsAsync<RpcException>(() =>
            host.CallAsync<RespondActivityTaskCompletedResponse>(
                new RespondActivityTaskCompletedRequest { Namespace = "nowhere", TaskToken = Google.Protobuf.ByteString.CopyFrom(1) }
            )
        );
        Assert.IsType<Temporalio.Api.ErrorDetails.V1.NamespaceNotFoundFailure>(Assert.Single(unknown.Details));

        var foreign = await Assert.ThrowsAsync<RpcException>(() => host.CompleteAsync(task, request => request.Namespace = "other"));
        Assert.Equal(StatusCode.InvalidArgument, foreign.StatusCode);

        await host.CompleteAsync(task, request => request.Namespace = "");
        Assert.EndsWith(" WorkflowTaskCompleted", await host.TypesAsync("w"), StringComparison.Ordinal);
    }
}
