using TemporalDelivery.Database;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Hosting.Retries;
using DatabaseChannels = TemporalDelivery.Database.Messaging.Channels;

namespace TemporalDelivery.Api.Relay;

/// <summary>
/// Starts the workflow of every accepted order, in the order of acceptance and as far as the window has room. Woken when an order is
/// accepted, and by a sweep for what nobody was woken for. Any number of hosts may do this at once: an order is one relay's at a time.
/// <para>
/// A round says what became of the orders of earlier rounds and takes as many others as there are free hands: an order that hangs or fails
/// holds up nobody.
/// </para>
/// </summary>
internal sealed class AcceptedOrdersRelay(
    OrderStarts starts,
    OrderStarter starter,
    WakeSignals wake,
    RelayOptions options,
    ILogger<AcceptedOrdersRelay> logger
) : BackgroundService, INotificationHandler
{
    // So far apart that a busy host's orders and outcomes share transactions.
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan UntilThereIsRoom = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan UntilOutcomesAreStored = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Taking = TimeSpan.FromSeconds(4);

    // To finish what is begun: with the takings before and after it well within the host's time to stop.
    private static readonly TimeSpan AtTheStop = TimeSpan.FromSeconds(5);
    private static readonly Backoff OneOrder = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private readonly CancellationTokenSource givenUp = new();
    private readonly List<Task> running = [];
    private readonly Lock gate = new();

    // Behind the gate: what the running starts leave for the next round.
    private readonly List<StartOutcome> outcomes = [];
    private string? whyAway;
    private int awayInARow;

    public IReadOnlyList<string> Channels { get; } = [DatabaseChannels.OrderAccepted];

    // Notifications sent before the connection are lost: look once now.
    public void Connected() => Wake();

    public void Disconnected() { }

    public void Notified(string channel, string payload) => Wake();

    public override void Dispose()
    {
        givenUp.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await new RetryLoop("Starting accepted orders", logger).RunAsync(RelayAsync, stoppingToken);

        // Another relay need not wait for the lease of what this one has taken.
        givenUp.CancelAfter(AtTheStop);
        await Task.WhenAll(running);
        try
        {
            await TakeAsync(0);
        }
        catch (Exception failure)
        {
            logger.LogWarning("The last orders are started, or found started, when their lease ends: {Reason}", failure.Message);
        }
    }

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        running.RemoveAll(start => start.IsCompleted);
        if (WhyAway() is { } reason)
        {
            await PauseAsync(reason, stoppingToken);
        }

        var hands = options.Parallel - running.Count;
        var taken = await TakeAsync(hands);
        if (stoppingToken.IsCancellationRequested)
        {
            GiveBack(taken.Starts);
            return;
        }

        running.AddRange(taken.Starts.Select(StartAsync));
        await Task.Delay(BetweenRounds, stoppingToken);
        if (taken.Starts.Count == Math.Min(hands, taken.Room))
        {
            await Task.Delay(UntilThereIsRoom - BetweenRounds, stoppingToken);
        }
        else
        {
            var patience = running.Count > 0 ? UntilOutcomesAreStored : options.Sweep;
            await wake.WaitAsync(DatabaseChannels.OrderAccepted, patience, stoppingToken);
        }
    }

    // Without hands it only stores outcomes. The stop does not interrupt it, because what was committed by then would be nobody's.
    private async Task<TakenStarts> TakeAsync(int hands)
    {
        using var deadline = new CancellationTokenSource(Taking);
        List<StartOutcome> told;
        lock (gate)
        {
            told = [.. outcomes];
        }

        var taken = told.Count == 0 && hands == 0 ? new([], 0) : await starts.TakeAsync(told, hands, deadline.Token);
        lock (gate)
        {
            outcomes.RemoveRange(0, told.Count);
        }

        return taken;
    }

    private void GiveBack(IEnumerable<TakenStart> taken)
    {
        lock (gate)
        {
            outcomes.AddRange(taken.Select(start => new StartOutcome(start.OrderId, start.Attempt, StartVerdict.GivenBack)));
        }
    }

    // Never fails: what it comes to is an outcome.
    private async Task StartAsync(TakenStart start)
    {
        StartResult result;
        try
        {
            result = await starter.StartAsync(start, givenUp.Token);
        }
        catch (Exception) when (givenUp.IsCancellationRequested)
        {
            // Whether it is started is not known: whoever takes it next finds out.
            GiveBack([start]);
            return;
        }

        var pause = OneOrder.After(start.Tries + 1);
        if (result is StartResult.Refused { Reason: var refusal })
        {
            logger.LogError(
                "The workflow of order {OrderId} cannot be started, again in {Pause} s: {Reason}",
                start.OrderId,
                pause.TotalSeconds,
                refusal
            );
        }

        lock (gate)
        {
            switch (result)
            {
                case StartResult.Started:
                    awayInARow = 0;
                    outcomes.Add(new(start.OrderId, start.Attempt, StartVerdict.Started));
                    break;
                case StartResult.Refused refused:
                    outcomes.Add(new(start.OrderId, start.Attempt, StartVerdict.Refused, refused.Reason, pause));
                    break;
                case StartResult.Away away:
                    whyAway = away.Reason;
                    outcomes.Add(new(start.OrderId, start.Attempt, StartVerdict.GivenBack, away.Reason));
                    break;
            }
        }
    }

    private string? WhyAway()
    {
        lock (gate)
        {
            return whyAway;
        }
    }

    // Whatever was started in the meantime is stored first.
    private async Task PauseAsync(string reason, CancellationToken stoppingToken)
    {
        await Task.WhenAll(running).WaitAsync(stoppingToken);
        running.Clear();
        await TakeAsync(0);
        TimeSpan pause;
        lock (gate)
        {
            whyAway = null;
            pause = Backoff.Standard.After(++awayInARow);
        }

        logger.LogWarning("Temporal does not answer ({Reason}); starting orders again in {Pause} s", reason, pause.TotalSeconds);
        await Task.Delay(pause, stoppingToken);
    }

    private void Wake() => wake.Signal(DatabaseChannels.OrderAccepted);
}
