using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Temporalio.Tests.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Client;

/// <summary>Schedules on the embedded server; what is sent and read is in <see cref="ScheduleClientTests" />.</summary>
public sealed class ScheduleTests(WorkerHost host)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_schedule_lives_from_its_creation_to_its_end() => await host.RunAsync<Report>(async taskQueue =>
    {
        var id = $"schedule-{Guid.NewGuid()}";
        var handle = await host.Client.CreateScheduleAsync(
            id,
            new(
                ScheduleActionStartWorkflow.Create((Report report) => report.RunAsync("sales"), WorkerHost.On(taskQueue)),
                new() { Calendars = [new() { Year = [new(2099)] }], Intervals = [new(TimeSpan.FromDays(300))] })
            {
                State = new() { Note = "new" },
            },
            new() { TriggerImmediately = true, Memo = new Dictionary<string, object> { ["why"] = "audit" } });

        await Assert.ThrowsAsync<ScheduleAlreadyRunningException>(() =>
            host.Client.CreateScheduleAsync(id, new(ScheduleActionStartWorkflow.Create("Report", [], WorkerHost.On(taskQueue)), new())));
        var triggered = await WhenAsync(handle, each => each.Info.RecentActions.Count == 1);
        var run = Assert.IsType<ScheduleActionExecutionStartWorkflow>(triggered.Info.RecentActions.Single().Action);
        Assert.Equal(5, await host.Client.GetWorkflowHandle(run.WorkflowId, run.FirstExecutionRunId).GetResultAsync<int>());
        Assert.Equal("audit", await triggered.Memo["why"].ToValueAsync<string>());
        Assert.Equal("new", triggered.Schedule.State.Note);
        Assert.NotEmpty(triggered.Info.NextActionTimes);

        await handle.PauseAsync("holidays");
        var paused = await WhenAsync(handle, each => each.Schedule.State.Paused);
        Assert.Equal("holidays", paused.Schedule.State.Note);
        await handle.UpdateAsync(input => new ScheduleUpdate(input.Description.Schedule with
        {
            Spec = new() { CronExpressions = ["0 12 * * MON"], TimeZoneName = "Europe/Oslo" },
            Policy = new() { Overlap = ScheduleOverlapPolicy.AllowAll },
        }));
        var updated = await WhenAsync(handle, each => each.Info.LastUpdatedAt is not null);
        Assert.Equal(ScheduleOverlapPolicy.AllowAll, updated.Schedule.Policy.Overlap);
        Assert.Equal([new ScheduleRange(12)], updated.Schedule.Spec.Calendars.Single().Hour);
        Assert.True(updated.Schedule.State.Paused);

        await handle.UnpauseAsync();
        Assert.False((await WhenAsync(handle, each => !each.Schedule.State.Paused)).Schedule.State.Paused);
        await handle.TriggerAsync();
        await WhenAsync(handle, each => each.Info.NumActions == 2);
        var until = DateTime.UtcNow.AddDays(-1);
        await handle.BackfillAsync([new(until.AddDays(-14), until, ScheduleOverlapPolicy.AllowAll)]);
        await WhenAsync(handle, each => each.Info.NumActions == 4);

        await handle.DeleteAsync();
        Assert.Equal(RpcException.StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => handle.DescribeAsync())).Code);
    });

    [Fact]
    public async Task Schedules_are_listed_with_what_they_do()
    {
        var id = $"schedule-{Guid.NewGuid()}";
        var handle = await host.Client.CreateScheduleAsync(
            id,
            new(ScheduleActionStartWorkflow.Create("Report", [], WorkerHost.On("nobody")), new() { Intervals = [new(TimeSpan.FromDays(300))] })
            {
                State = new() { Paused = true, Note = "later" },
            });

        ScheduleListDescription? listed = null;
        using var limit = new CancellationTokenSource(Limit);
        while (listed is null)
        {
            await foreach (var each in host.Client.ListSchedulesAsync())
            {
                listed = each.Id == id ? each : listed;
            }

            limit.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(new ScheduleListActionStartWorkflow("Report"), listed.Schedule!.Action);
        Assert.Equal(new("later", true), listed.Schedule.State);
        await handle.DeleteAsync();
    }

    private static async Task<ScheduleDescription> WhenAsync(ScheduleHandle handle, Func<ScheduleDescription, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var description = await handle.DescribeAsync(new() { CancellationToken = limit.Token });
            if (condition(description))
            {
                return description;
            }

            await Task.Yield();
        }
    }

    [Workflow]
    public class Report
    {
        [WorkflowRun]
        public Task<int> RunAsync(string kind) => Task.FromResult(kind.Length);
    }
}
