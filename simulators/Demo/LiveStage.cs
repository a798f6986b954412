using Spectre.Console;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>A table on the terminal that follows every order.</summary>
internal sealed class LiveStage(IAnsiConsole console) : IStage
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    public Task ShowAsync(Func<Action<Play>, Task> run, Func<IReadOnlyList<Play>> plays) =>
        console
            .Live(Render(plays()))
            .AutoClear(true)
            .StartAsync(async live =>
            {
                var running = run(_ => { });
                using var frames = new PeriodicTimer(Frame);
                while (!running.IsCompleted)
                {
                    live.UpdateTarget(Render(plays()));
                    live.Refresh();
                    await frames.WaitForNextTickAsync();
                }

                await running;
            });

    private static Table Render(IReadOnlyList<Play> plays)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("customer", "order", "now");
        foreach (var play in plays)
        {
            var color =
                play.Wrong is not null ? "red"
                : play.IsOver ? "green"
                : "yellow";
            table.AddRow(Markup.Escape(play.Shopper.Name), Markup.Escape(play.Kind.Name), $"[{color}]{Markup.Escape(play.Progress)}[/]");
        }

        return table;
    }
}
