using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.ReadModel;

/// <summary>Keeps the read model up to date: at once after a write of this process, soon after one of another.</summary>
sealed class ProjectorService(ReadModelProjector projector, Bells bells, ILogger<ProjectorService> logger) : BackgroundService
{
    const int Batch = 500;
    static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan WhileAnotherWorks = TimeSpan.FromMilliseconds(20);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync("Updating the read model", ProjectAsync, logger, stoppingToken);

    async Task ProjectAsync(CancellationToken stoppingToken)
    {
        var taken = await projector.ProjectAsync(Batch, stoppingToken);
        if (taken == Batch)
            return;

        // Another projector may have begun before the row that rang was committed: look again when it is done.
        if (taken is null)
            await Task.Delay(WhileAnotherWorks, stoppingToken);
        else
            await bells.WaitAsync(Channels.Audited, Sweep, stoppingToken);
    }
}

/// <summary>Registers <see cref="ProjectorService"/>.</summary>
static class ProjectorSetup
{
    public static void AddReadModelProjector(this HostApplicationBuilder builder) => builder.Services.AddHostedService<ProjectorService>();
}
