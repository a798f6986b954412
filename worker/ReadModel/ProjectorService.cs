using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.ReadModel;

/// <summary>Keeps the read model up to date: at once after a write of this process, soon after one of another.</summary>
internal sealed class ProjectorService(ReadModelProjector projector, WakeSignals wake, ILogger<ProjectorService> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(250);

    // Changes of one order follow each other closely: they become one new version of its row.
    private static readonly TimeSpan ForTheNextChange = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WhileAnotherWorks = TimeSpan.FromMilliseconds(20);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Updating the read model", logger).RunAsync(ProjectAsync, stoppingToken);

    private async Task ProjectAsync(CancellationToken stoppingToken)
    {
        var taken = await projector.ProjectAsync(Batch, stoppingToken);
        if (taken == Batch)
        {
            return;
        }

        // Another projector may have begun before the row that signalled was committed: look again when it is done.
        if (taken is null)
        {
            await Task.Delay(WhileAnotherWorks, stoppingToken);
        }
        else
        {
            if (await wake.WaitAsync(Channels.Audited, Sweep, stoppingToken))
            {
                await Task.Delay(ForTheNextChange, stoppingToken);
            }
        }
    }
}

/// <summary>Registers <see cref="ProjectorService"/>.</summary>
internal static class ProjectorSetup
{
    public static void AddReadModelProjector(this HostApplicationBuilder builder) => builder.Services.AddHostedService<ProjectorService>();
}
