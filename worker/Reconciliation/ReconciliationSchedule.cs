using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace TemporalDelivery.Worker.Reconciliation;

/// <summary>Keeps the Temporal Schedule that starts the reconciliation's passes as the configuration says.</summary>
internal sealed class ReconciliationSchedule(
    ITemporalClient temporal,
    ReconciliationOptions options,
    ILogger<ReconciliationSchedule> logger
) : BackgroundService
{
    /// <summary>The schedule's id, and what the ids of its runs begin with.</summary>
    public const string Id = "reconciliation";

    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);

    // A pass that was missed is made up by the next.
    private static readonly TimeSpan CatchUp = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PassTime = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await new RetryLoop("Scheduling the reconciliation", logger).UntilDoneAsync(KeepAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Another worker schedules it, or this one when it is back.
        }
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        var rpc = new RpcOptions { Timeout = CallTime, CancellationToken = stoppingToken };
        try
        {
            await temporal.CreateScheduleAsync(Id, Wanted(), new ScheduleOptions { Rpc = rpc });
        }
        catch (ScheduleAlreadyRunningException)
        {
            // Whether it is paused is an operator's business.
            await temporal
                .GetScheduleHandle(Id)
                .UpdateAsync(
                    found => new ScheduleUpdate(Wanted() with { State = found.Description.Schedule.State }),
                    new RpcOptions { Timeout = CallTime, CancellationToken = stoppingToken }
                );
        }
    }

    private Schedule Wanted()
    {
        var input = new ReconciliationInput(options.Window);
        return new Schedule(
            ScheduleActionStartWorkflow.Create(
                (ReconciliationWorkflow workflow) => workflow.RunAsync(input),
                new WorkflowOptions(Id, TaskQueues.Orders) { ExecutionTimeout = PassTime }
            ),
            new ScheduleSpec { Intervals = [new ScheduleIntervalSpec(options.Every)] }
        )
        {
            Policy = new SchedulePolicy { Overlap = ScheduleOverlapPolicy.Skip, CatchupWindow = CatchUp },
        };
    }
}

/// <summary>Registers the reconciliation.</summary>
internal static class ReconciliationSetup
{
    /// <exception cref="ConfigurationException">A value of the section <c>Reconciliation</c> cannot be read.</exception>
    public static void AddReconciliation(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.Configuration.Section<ReconciliationOptions>("Reconciliation"));
        builder.Services.AddHostedService<ReconciliationSchedule>();
    }
}
