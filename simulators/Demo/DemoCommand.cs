using System.Globalization;
using Spectre.Console;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Demo;

/// <summary><c>simulators demo</c>: customers and an operator who play orders of every kind, and judge how each ended.</summary>
internal static class DemoCommand
{
    private const int SomethingWrong = 1;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan JudgingTime = TimeSpan.FromSeconds(30);

    public static readonly Command Definition = new(
        "customers and an operator who play orders of every kind through the REST API",
        DemoOptions.Settings,
        RunAsync
    );

    private static async Task<int> RunAsync(IConfiguration configuration)
    {
        var options = DemoOptions.Read(configuration);
        using var http = new HttpClient { BaseAddress = options.Api, Timeout = RequestTimeout };
        using var deadline = new CancellationTokenSource(options.Deadline);
        ConsoleCancelEventHandler stop = (_, pressed) =>
        {
            pressed.Cancel = true;
            deadline.Cancel();
        };
        Console.CancelKeyPress += stop;

        var shop = new ShopClient(http);
        try
        {
            await shop.ReadyAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ConfigurationException(
                string.Create(CultureInfo.InvariantCulture, $"{options.Api} is not ready after {options.Deadline}: {shop.LastTrouble}")
            );
        }

        IReadOnlyList<Play> plays = [];
        var stage =
            AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
                ? new LiveStage(AnsiConsole.Console)
                : (IStage)new PlainStage(Console.Out);
        await stage.ShowAsync(
            changed =>
            {
                plays = [.. Cast(options.Rounds, shop, changed)];
                return Task.WhenAll(plays.Select(play => play.RunAsync(deadline.Token)));
            },
            () => plays
        );
        await JudgeAsync(plays);
        Console.CancelKeyPress -= stop;
        return Report(plays, shop, options);
    }

    private static IEnumerable<Play> Cast(int rounds, ShopClient shop, Action<Play> changed) =>
        Enumerable
            .Range(0, rounds)
            .SelectMany(round =>
                OrderKind.All.Select((kind, index) => new Play(kind, Shopper.All[(round + index) % Shopper.All.Count], shop, changed))
            );

    private static async Task JudgeAsync(IReadOnlyList<Play> plays)
    {
        using var judging = new CancellationTokenSource(JudgingTime);
        foreach (var play in plays)
        {
            await play.JudgeAsync(judging.Token);
        }
    }

    private static int Report(IReadOnlyList<Play> plays, ShopClient shop, DemoOptions options)
    {
        if (Console.IsOutputRedirected)
        {
            // A log is as wide as it must be, and has no colours.
            AnsiConsole.Profile.Width = 200;
            AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        AnsiConsole.Write(DemoReport.Of(plays, AnsiConsole.Profile.Width));
        var failed = plays.Count(play => play.Wrong is not null);
        if (plays.Any(play => play.Wrong?.EndsWith("in time", StringComparison.Ordinal) == true))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not everything ended within {options.Deadline} (--Deadline)."));
            if (shop.LastTrouble is { } trouble)
            {
                Console.WriteLine($"The API's last trouble: {trouble}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plays.Count - failed} passed, {failed} failed"));
        return failed == 0 ? 0 : SomethingWrong;
    }
}
