using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Hosting.Logging;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Worker.Modules;

namespace TemporalDelivery.Worker.ReadModel;

/// <summary>
/// <c>rebuild-read-model</c>: writes the read model anew from the tables, where it does not show what they say. Orders may be placed and
/// move on meanwhile.
/// </summary>
internal static class RebuildCommand
{
    public const string Name = "rebuild-read-model";
    private const int Page = 500;

    /// <summary>Runs it to its end.</summary>
    /// <param name="settings">Of the database, as for a host; what they do not say is in the environment.</param>
    public static async Task<int> RunAsync(string[] settings)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { Args = settings, ContentRootPath = AppContext.BaseDirectory }
        );
        builder.AddConsoleLog();
        builder.AddHealth();
        builder.AddDatabase(new HashSet<Module> { Module.Orders });
        using var host = builder.Build();
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var projector = host.Services.GetRequiredService<ReadModelProjector>();
        var (orders, written) = (0, 0);
        Guid? after = null;
        do
        {
            var page = await projector.RebuildAsync(after, Page, stop.Token);
            orders += page.Orders;
            written += page.Written;
            after = page.Last;
        } while (after is not null);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{orders} orders read, {written} rows of the read model put right"));
        return 0;
    }
}
