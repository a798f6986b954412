using System.Diagnostics;
using System.Globalization;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>A line for every change: for logs and pipes.</summary>
internal sealed class PlainStage(TextWriter output) : IStage
{
    private readonly TextWriter output = TextWriter.Synchronized(output);

    public Task ShowAsync(Func<Action<Play>, Task> run, Func<IReadOnlyList<Play>> plays)
    {
        var clock = Stopwatch.StartNew();
        return run(play =>
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{clock.Elapsed.TotalSeconds,6:0.0} s  {play.Shopper.Name,-6} {play.Kind.Name,-29} {play.Progress}"
                )
            )
        );
    }
}
