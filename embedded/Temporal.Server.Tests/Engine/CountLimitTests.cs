using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>How much of everything a run takes, as in Temporal's defaults.</summary>
public sealed class CountLimitTests
{
    private static readonly WorkflowLimits Limits = new();

    [Theory]
    [InlineData("activity", WorkflowTaskFailedCause.PendingActivitiesLimitExceeded, "pending activities")]
    [InlineData("child", WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded, "pending child workflow executions")]
    [InlineData("signal", WorkflowTaskFailedCause.PendingSignalsLimitExceeded, "pending signals to external workflows")]
    [InlineData("cancel", WorkflowTaskFailedCause.PendingRequestCancelLimitExceeded, "pending requests to cancel external workflows")]
    public async Task A_workflow_task_that_would_have_too_much_pending_fails_and_nothing_of_it_counts(
        string kind,
        WorkflowTaskFailedCause cause,
        string what
    )
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.CompleteAsync(
                task,
                [
                    .. Enumerable
                        .Range(0, 2000 + 1)
                        .Select(i =>
                            kind switch
                            {
                                "activity" => Activity($"{i}"),
                                "child" => Child($"child {i}"),
                                "signal" => SignalExternal($"other {i}"),
                                _ => CancelExternal($"other {i}"),
                            }
                        ),
                ]
            )
        );
        Assert.Equal($"{cause}: the number of {what}, 2000, has reached the per-workflow limit of 2000", error.Message);
        var failed = (await server.HistoryAsync("w"))[^1];
        Assert.Equal(EventType.WorkflowTaskFailed, failed.EventType);
        Assert.Equal(cause, failed.WorkflowTaskFailedEventAttributes.Cause);
    }

    [Fact]
    public async Task Ten_updates_may_be_in_flight_also_those_that_history_has_accepted()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var accepted = UpdateAsync(server, "accepted", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Accepts(task.Messages[0])), Message("accepted/accept"));
        await accepted;
        var waiting = Enumerable.Range(1, Limits.UpdatesInFlight - 1).Select(i => UpdateAsync(server, $"{i}", Stage.Completed)).ToList();
        var error = await Assert.ThrowsAsync<RpcException>(() => UpdateAsync(server, "too many", Stage.Accepted));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("limit on number of concurrent in-flight updates has been reached (10)", error.Message);
        Assert.Equal(ResourceExhaustedCause.ConcurrentLimit, Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details)).Cause);

        await server.StepAsync(Timer());
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_hundred_queries_may_wait_for_a_workflow_task()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var queries = Enumerable.Range(0, 100).Select(_ => QueryAsync(server)).ToList();
        var error = await Assert.ThrowsAsync<RpcException>(() => QueryAsync(server));
        Assert.Equal(ResourceExhaustedCause.BusyWorkflow, Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details)).Cause);
        var task = await server.PollWorkflowAsync();
        Assert.Equal(100, task.Queries.Count);
        await server.CompleteAsync(task, r =>
        {
            foreach (var id in task.Queries.Keys)
            {
                r.QueryResults[id] = new WorkflowQueryResult { ResultType = QueryResultType.Answered, Answer = Text("a") };
            }
        });
        await Task.WhenAll(queries);
    }

    [Theory]
    [InlineData(101, 1)]
    [InlineData(3, 800_000)]
    public async Task When_too_much_waits_for_a_workflow_task_the_task_is_taken_away(int signals, int bytes)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        for (var i = 0; i < signals; i++)
        {
            Assert.DoesNotContain("WorkflowTaskFailed", await server.TypesAsync("w"), StringComparison.Ordinal);
            await server.CallAsync<SignalWorkflowExecutionResponse>(
                new SignalWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    SignalName = "s",
                    Input = Text(new string('x', bytes)),
                }
            );
        }

        var events = await server.HistoryAsync("w");
        Assert.Equal(WorkflowTaskFailedCause.ForceCloseCommand, events[3].WorkflowTaskFailedEventAttributes.Cause);
        Assert.Equal(signals, events.Count(e => e.EventType == EventType.WorkflowExecutionSignaled));
        Assert.Equal(EventType.WorkflowTaskScheduled, events[^1].EventType);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Timer()))).StatusCode);
    }

    private static Task<UpdateWorkflowExecutionResponse> UpdateAsync(EngineHost server, string id, Stage wait) =>
        server.CallAsync<UpdateWorkflowExecutionResponse>(
            new UpdateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                WaitPolicy = new WaitPolicy { LifecycleStage = wait },
                Request = new Request
                {
                    Meta = new Meta { UpdateId = id },
                    Input = new Input { Name = "update" },
                },
            }
        );

    private static Message Accepts(Message request) =>
        new()
        {
            Id = $"{request.ProtocolInstanceId}/accept",
            ProtocolInstanceId = request.ProtocolInstanceId,
            Body = Any.Pack(new Acceptance { AcceptedRequestMessageId = request.Id, AcceptedRequestSequencingEventId = request.EventId }),
        };

    private static Task<QueryWorkflowResponse> QueryAsync(EngineHost server) =>
        server.CallAsync<QueryWorkflowResponse>(
            new QueryWorkflowRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                Query = new WorkflowQuery { QueryType = "q" },
            }
        );
}
