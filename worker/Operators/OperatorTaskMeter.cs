using System.Diagnostics.Metrics;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Worker.Operators;

/// <summary>
/// The meter <c>TemporalDelivery.OperatorTasks</c>: <c>operator.tasks.open</c>, and <c>operator.tasks.oldest.age</c> in seconds, by
/// <c>kind</c>; 0 for kinds of which none is open. As last counted.
/// </summary>
internal sealed class OperatorTaskMeter
{
    private readonly TimeProvider clock;
    private volatile IReadOnlyDictionary<string, OpenTasks> open = new Dictionary<string, OpenTasks>();

    public OperatorTaskMeter(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.Create("TemporalDelivery.OperatorTasks");
        meter.CreateObservableGauge(
            "operator.tasks.open",
            () => Measure(tasks => tasks?.Count ?? 0),
            description: "Operator tasks that are open."
        );
        meter.CreateObservableGauge(
            "operator.tasks.oldest.age",
            () => Measure(Age),
            "s",
            "How long the longest open operator task is open."
        );
    }

    /// <summary>So many are open now.</summary>
    public void Counted(IReadOnlyList<OpenTasks> counted) => open = counted.ToDictionary(tasks => tasks.Kind);

    private double Age(OpenTasks? tasks) => tasks is null ? 0 : (clock.GetUtcNow().UtcDateTime - tasks.OldestOpenedAt).TotalSeconds;

    private IEnumerable<Measurement<T>> Measure<T>(Func<OpenTasks?, T> value)
        where T : struct =>
        WireNames
            .All<OperatorTaskKind>()
            .Select(kind => new Measurement<T>(value(open.GetValueOrDefault(kind)), new KeyValuePair<string, object?>("kind", kind)));
}
