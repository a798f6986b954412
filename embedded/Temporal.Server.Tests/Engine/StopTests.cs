using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class StopTests
{
    [Fact]
    public async Task A_server_that_stops_answers_everyone_who_waits()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var workflowPoll = server.PollWorkflowAsync();
        var activityPoll = server.PollActivityAsync();
        var end = server.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                WaitNewEvent = true,
                HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
            }
        );

        server.BeginStop();

        Assert.True((await workflowPoll).TaskToken.IsEmpty);
        Assert.True((await activityPoll).TaskToken.IsEmpty);
        Assert.False((await end).NextPageToken.IsEmpty);
        Assert.True((await server.PollWorkflowAsync()).TaskToken.IsEmpty);
    }
}
