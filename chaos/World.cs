using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos;

/// <summary>How quick and how bad the world is in which orders are placed.</summary>
internal static class World
{
    /// <summary>
    /// Whoever is reminded has had this long to say that it arrived; a little less than the graph's share of the silence that is set here.
    /// </summary>
    public static readonly TimeSpan RemindAfter = TimeSpan.FromSeconds(10);

    private static readonly string[] Waits =
    [
        "--Orders:PaymentDeadline=00:00:20",
        "--Orders:Delivery:SilenceAfter:Created=00:00:40",
        "--Orders:Delivery:SilenceAfter:PickedUp=00:00:40",
        "--Orders:Delivery:SilenceAfter:Delivered=00:00:15",
    ];

    private static readonly string[] Pace = ["--Pace=00:00:01.5", "--Webhook:RetryAtMost=00:00:02"];

    private static readonly string[] Faults = ["--ErrorRate=0.05", "--SilenceRate=0.01", "--DuplicateRate=0.2", "--LossRate=0.05"];

    /// <summary>The shop in this world.</summary>
    public static ShopSettings Settings(ChaosOptions options) =>
        new()
        {
            Api = Waits,
            Partner = options.HasFaults ? [.. Pace, .. Faults, "--DisorderRate=0.2", "--FailureRate=0.05"] : [.. Pace, "--FailureRate=0"],
            Payments = options.HasFaults ? [.. Pace, .. Faults] : Pace,
            Worker = ["--Reconciliation:Every=00:00:10", "--Reconciliation:Quiet=00:00:10"],
            KeepIn = options.KeepIn,
        };

    /// <summary>
    /// The kinds of operator tasks that its faults may leave open. A partner that refuses, fails or loses its events brings a delivery to
    /// an operator. No outage is as long as a step's deadline, and nothing else can come of a kill.
    /// </summary>
    public static IReadOnlyList<string> AccountableTasks(ChaosOptions options) => options.HasFaults ? ["DELIVERY_PENDING"] : [];
}
