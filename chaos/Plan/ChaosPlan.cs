using TemporalDelivery.Chaos.Receivers;

namespace TemporalDelivery.Chaos.Plan;

/// <summary>Everything that is going to be done, by the seed alone: the same seed makes the same plan.</summary>
/// <param name="Orders">In the order of their times.</param>
/// <param name="Kills">In the order of their times.</param>
/// <param name="EndpointFaults">Of each endpoint in the order of their times.</param>
internal sealed record ChaosPlan(
    IReadOnlyList<PlannedOrder> Orders,
    IReadOnlyList<PlannedKill> Kills,
    IReadOnlyList<PlannedEndpointFault> EndpointFaults
)
{
    private const int Customers = 3;
    private const int MostDecisions = 4;

    // What is placed last still meets a kill or two.
    private const double ShareOfPlacing = 0.85;
    private static readonly TimeSpan LatestInterruption = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FirstKill = TimeSpan.FromSeconds(3);
    private static readonly string[] Outcomes = ["RETURNED", "LOST", "KEPT"];
    private static readonly (TimeSpan Least, TimeSpan Most) KillPause = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9));
    private static readonly (TimeSpan Least, TimeSpan Most) Downtime = (TimeSpan.Zero, TimeSpan.FromSeconds(3));

    private static readonly (TimeSpan Least, TimeSpan Most) FaultPause = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(16));
    private static readonly (TimeSpan Least, TimeSpan Most) FaultTime = (TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(3));

    public static ChaosPlan Make(ChaosOptions options)
    {
        var random = new Random(options.Seed);
        var orders = Enumerable.Range(0, options.Orders).Select(_ => Order(random, options)).OrderBy(order => order.At).ToList();
        return new(orders, Kill(random, options.Duration), options.HasFaults ? Disturb(random, options.Duration) : []);
    }

    private static PlannedOrder Order(Random random, ChaosOptions options)
    {
        var kinds = OrderKind.All.Where(kind => options.HasFaults || kind.Mark is null).ToList();
        var dice = random.Next(kinds.Sum(kind => kind.Weight));
        var kind = kinds.First(kind => (dice -= kind.Weight) < 0);
        var at = random.NextDouble() * ShareOfPlacing * options.Duration;
        var decisions = Enumerable.Range(0, MostDecisions).Select(_ => Decide(random, options.HasFaults)).ToList();

        // Any parcel may come to an operator when the partner has faults.
        IReadOnlyList<string> ends =
            options.HasFaults && kind.IsPhysical && kind.Ends.Contains("COMPLETED") ? [.. kind.Ends.Union(["CANCELLED"])] : kind.Ends;
        return new(
            at,
            kind,
            random.Next(Customers),
            random.Next(1, 4),
            random.NextDouble() * LatestInterruption,
            Confirm(random),
            decisions,
            Outcomes[at.Milliseconds % Outcomes.Length],
            ends
        );
    }

    private static Receipt Confirm(Random random) =>
        random.Next(8) switch
        {
            < 2 => Receipt.Silence,
            < 5 => Receipt.Word,
            < 7 => Receipt.Pin,
            _ => Receipt.WrongPinFirst,
        };

    private static Decision Decide(Random random, bool mayBeNothing) =>
        random.Next(10) switch
        {
            < 6 => Decision.Redeliver,
            < 8 => Decision.Cancel,
            8 => Decision.ConfirmWithProof,
            _ => mayBeNothing ? Decision.Nothing : Decision.Redeliver,
        };

    // Each process once before any process twice.
    private static List<PlannedKill> Kill(Random random, TimeSpan duration)
    {
        var kills = new List<PlannedKill>();
        var next = new Queue<Victim>();
        for (var at = FirstKill; at < duration; at += Between(random, KillPause))
        {
            if (next.Count == 0)
            {
                var all = Enum.GetValues<Victim>();
                random.Shuffle(all);
                next = new(all);
            }

            kills.Add(new(at, next.Dequeue(), Between(random, Downtime)));
        }

        return kills;
    }

    private static List<PlannedEndpointFault> Disturb(Random random, TimeSpan duration)
    {
        var faults = new List<PlannedEndpointFault>();
        for (var endpoint = 0; endpoint < AllReceivers.Endpoints; endpoint++)
        {
            for (var at = Between(random, FaultPause); at < duration; at += Between(random, FaultPause))
            {
                var kind = random.GetItems(Enum.GetValues<EndpointFault>(), 1)[0];
                faults.Add(new(at, endpoint, kind, Between(random, FaultTime)));
            }
        }

        return faults;
    }

    private static TimeSpan Between(Random random, (TimeSpan Least, TimeSpan Most) range) =>
        range.Least + (random.NextDouble() * (range.Most - range.Least));
}
