using Temporalio.Api.TaskQueue.V1;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>
/// How many polls to keep open. An autoscaling number follows what the server suggests with its answers: down always, up
/// only while more polls bring more tasks (the rules of sdk-core, pollers/poll_buffer.rs). Failed polls need no rule of
/// their own, because they wait longer and longer before they are repeated.
/// </summary>
internal sealed class PollerScale
{
    private const double Growth = 1.1;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly int minimum;
    private readonly int maximum;
    private readonly bool isAutomatic;
    private readonly TimeProvider clock;
    private bool mayShrinkWhenIdle;
    private bool mayGrow = true;
    private long periodStart;
    private int taken;
    private int takenBefore;

    private PollerScale(int minimum, int maximum, int target, bool isAutomatic, TimeProvider clock)
    {
        this.minimum = minimum;
        this.maximum = maximum;
        this.isAutomatic = isAutomatic;
        this.clock = clock;
        Target = target;
        periodStart = clock.GetTimestamp();
    }

    /// <summary>Gets the number of polls wanted now.</summary>
    internal int Target { get; private set; }

    internal static PollerScale Fixed(int count) => new(count, count, count, isAutomatic: false, TimeProvider.System);

    internal static PollerScale Of(PollerBehavior? behavior, int otherwise, TimeProvider? clock = null) => behavior switch
    {
        PollerBehavior.SimpleMaximum simple => Fixed(simple.Maximum),
        PollerBehavior.Autoscaling auto => new(
            auto.Minimum, auto.Maximum, auto.Initial, isAutomatic: true, clock ?? TimeProvider.System),
        _ => Fixed(otherwise),
    };

    /// <summary>Refuses numbers with which a worker would take nothing, as sdk-core does and in its words.</summary>
    /// <exception cref="InvalidOperationException">They are such.</exception>
    internal static void Check(PollerBehavior? behavior, int otherwise)
    {
        var problem = behavior switch
        {
            PollerBehavior.Autoscaling { Minimum: < 1 } => "Autoscaling minimum poller behavior must be at least 1",
            PollerBehavior.Autoscaling auto when auto.Maximum < auto.Minimum => "Autoscaling maximum must be greater than or equal to minimum",
            PollerBehavior.Autoscaling auto when auto.Initial < auto.Minimum || auto.Initial > auto.Maximum =>
                "Autoscaling initial must be between minimum and maximum",
            PollerBehavior.Autoscaling => null,
            _ => ((behavior as PollerBehavior.SimpleMaximum)?.Maximum ?? otherwise) < 1
                ? "SimpleMaximum poller behavior must be at least 1"
                : null,
        };
        if (problem != null)
        {
            throw new InvalidOperationException(problem);
        }
    }

    /// <summary>Takes into account what a poll has brought.</summary>
    /// <param name="isEmpty">Whether it brought no task.</param>
    /// <param name="decision">What the server suggests, if anything.</param>
    internal void Report(bool isEmpty, PollerScalingDecision? decision)
    {
        if (!isAutomatic)
        {
            return;
        }
        lock (gate)
        {
            EndPeriods();
            taken += isEmpty ? 0 : 1;
            if (decision != null)
            {
                // From a server that never suggests anything an idle worker would shrink and not grow again.
                mayShrinkWhenIdle = true;
                var delta = decision.PollRequestDeltaSuggestion;
                Change(delta > 0 && !mayGrow ? 0 : delta);
            }
            else if (isEmpty && mayShrinkWhenIdle)
            {
                Change(-1);
            }
        }
    }

    private void Change(int by) => Target = (int)Math.Clamp((long)Target + by, minimum, maximum);

    private void EndPeriods()
    {
        var elapsed = clock.GetElapsedTime(periodStart);
        if (elapsed < Period)
        {
            return;
        }
        takenBefore = elapsed < 2 * Period ? takenBefore : 0;
        mayGrow = taken >= (int)(takenBefore * Growth);
        takenBefore = elapsed < 2 * Period ? taken : 0;
        taken = 0;
        periodStart = clock.GetTimestamp();
    }
}
