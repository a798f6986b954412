using System.Diagnostics;
using System.Globalization;

namespace TemporalDelivery.Chaos;

/// <summary>The time since the beginning, which the plan goes by.</summary>
internal sealed class Clock
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <summary>How long ago it began.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>Returns at this time, at once if it is past.</summary>
    public async Task UntilAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        if (at - watch.Elapsed is { Ticks: > 0 } left)
        {
            await Task.Delay(left, cancellationToken);
        }
    }

    /// <summary>Prints what happens, with the time of day that logs have too.</summary>
    public void Say(string what)
    {
        var seconds = watch.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        var time = DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        Console.WriteLine($"{seconds.PadLeft(6)} s  {time}  {what}");
    }
}
