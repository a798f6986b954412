using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class HistoryReadTests
{
    [Fact]
    public async Task Who_waits_for_the_end_gets_the_last_event_only()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var end = server.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                WaitNewEvent = true,
                HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
            }
        );
        await server.StepAsync(Complete());
        var reply = await end;
        Assert.Equal(EventType.WorkflowExecutionCompleted, Assert.Single(reply.History.Events).EventType);
        Assert.True(reply.NextPageToken.IsEmpty);
    }

    [Fact]
    public async Task A_history_can_be_read_from_its_end()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Marker(), Marker());
        var request = new GetWorkflowExecutionHistoryReverseRequest
        {
            Namespace = "default",
            Execution = new WorkflowExecution { WorkflowId = "w" },
            MaximumPageSize = 4,
        };
        var first = await server.CallAsync<GetWorkflowExecutionHistoryReverseResponse>(request);
        request.NextPageToken = first.NextPageToken;
        var second = await server.CallAsync<GetWorkflowExecutionHistoryReverseResponse>(request);
        Assert.Equal([6, 5, 4, 3, 2, 1], first.History.Events.Concat(second.History.Events).Select(e => e.EventId));
        Assert.True(second.NextPageToken.IsEmpty);
    }

    [Theory]
    [InlineData("temporal-dotnet", true, "1 2 3 4 5 6")]
    [InlineData("temporal-typescript", false, "1 2 3 4 5")]
    [InlineData("temporal-cli", true, "1 2 3 4")]
    [InlineData("temporal-ui", true, "1 2 3 4")]
    public async Task An_sdk_reads_a_history_with_the_events_of_a_task_that_is_tried_again_and_people_read_what_is_recorded(
        string client,
        bool taken,
        string expected
    )
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await FailTaskAsync(server);
        if (taken)
        {
            await server.PollWorkflowAsync();
        }

        var ids = new List<long>();
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new WorkflowExecution { WorkflowId = "w" },
            MaximumPageSize = 3,
        };
        do
        {
            var page = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(request, client: client);
            ids.AddRange(page.History.Events.Select(e => e.EventId));
            request.NextPageToken = page.NextPageToken;
        } while (!request.NextPageToken.IsEmpty);
        Assert.Equal(expected, string.Join(' ', ids));
    }

    [Fact]
    public async Task Who_follows_a_history_gets_the_recorded_events_after_those_that_were_not()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await FailTaskAsync(server);
        var task = await server.PollWorkflowAsync();
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new WorkflowExecution { WorkflowId = "w" },
            WaitNewEvent = true,
        };
        var first = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(request);
        Assert.Equal([1, 2, 3, 4, 5, 6], first.History.Events.Select(e => e.EventId));
        Assert.Equal(2, first.History.Events[4].WorkflowTaskScheduledEventAttributes.Attempt);
        request.NextPageToken = first.NextPageToken;
        var next = server.CallAsync<GetWorkflowExecutionHistoryResponse>(request);
        await server.CompleteAsync(task, Complete());
        Assert.Equal([5, 6, 7, 8], (await next).History.Events.Select(e => e.EventId));
    }

    private static async Task FailTaskAsync(EngineHost server) =>
        await server.CallAsync<RespondWorkflowTaskFailedResponse>(
            new RespondWorkflowTaskFailedRequest { Namespace = "default", TaskToken = (await server.PollWorkflowAsync()).TaskToken }
        );

    [Theory]
    [InlineData("nothing", "", StatusCode.NotFound)]
    [InlineData("w", "01920000-0000-7000-8000-000000000001", StatusCode.NotFound)]
    [InlineData("w", "not a run id", StatusCode.InvalidArgument)]
    [InlineData("", "", StatusCode.InvalidArgument)]
    public async Task A_workflow_that_is_not_there_is_said_so(string workflowId, string runId, StatusCode expected)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => server.HistoryAsync(workflowId, runId))).StatusCode);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_said_so()
    {
        await using var server = await EngineHost.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<DescribeNamespaceResponse>(new DescribeNamespaceRequest { Namespace = "other" })
        );
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_deleted_workflow_is_gone_from_lists_too()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.CallAsync<DeleteWorkflowExecutionResponse>(
            new DeleteWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );
        Assert.Empty(
            (await server.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" })).Executions
        );
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.HistoryAsync("w"))).StatusCode);
    }

    [Fact]
    public async Task Search_attributes_and_memo_are_found_in_lists()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.SearchAttributes = new SearchAttributes { IndexedFields = { ["Colour"] = Json("red") } });
        await server.StartAsync("other");
        await server.PollWorkflowAsync();
        var found = await server.CallAsync<ListWorkflowExecutionsResponse>(
            new ListWorkflowExecutionsRequest { Namespace = "default", Query = "Colour = 'red'" }
        );
        Assert.Equal("w", Assert.Single(found.Executions).Execution.WorkflowId);
        var unknown = await Assert.ThrowsAsync<RpcException>(() =>
            server.StartAsync("third", r => r.SearchAttributes = new SearchAttributes { IndexedFields = { ["Shape"] = Json("round") } })
        );
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);
    }

    [Fact]
    public async Task A_page_token_of_another_kind_of_reading_leads_to_no_event_that_is_not_there()
    {
        await using var host = await EngineHost.StartAsync();
        var run = (await host.StartAsync("w")).RunId;
        var end = await host.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w", RunId = run },
                WaitNewEvent = true,
            }
        );

        var reversed = await host.CallAsync<GetWorkflowExecutionHistoryReverseResponse>(
            new GetWorkflowExecutionHistoryReverseRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                NextPageToken = end.NextPageToken,
            }
        );

        Assert.Equal([2, 1], reversed.History.Events.Select(each => each.EventId));
    }

    [Fact]
    public async Task A_page_token_of_another_run_than_the_one_asked_for_is_refused()
    {
        await using var host = await EngineHost.StartAsync();
        await host.StartAsync("w");
        var end = await host.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                WaitNewEvent = true,
            }
        );
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            host.CallAsync<GetWorkflowExecutionHistoryResponse>(
                new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = "w", RunId = Guid.NewGuid().ToString() },
                    NextPageToken = end.NextPageToken,
                }
            )
        );
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }
}
