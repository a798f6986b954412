using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Hosting.Temporal;
using Temporalio.Exceptions;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Hands the stored events of one sender on: at least once, in the order in which they came for each delivery order or order. While
/// Temporal, or the workflow, is away they wait. An event that cannot be read is kept as unroutable.
/// <para>What became of a batch is stored with the taking of the next one.</para>
/// </summary>
/// <typeparam name="THandler">Deals with the sender's events.</typeparam>
internal sealed class InboxRelay<THandler>(THandler handler, Inbox inbox, WakeSignals wake, ILogger<InboxRelay<THandler>> logger)
    : BackgroundService
    where THandler : IEventHandler
{
    private const int Batch = 100;
    private const int AtOnce = 16;
    private const int MaxDetail = 1_000;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    // More than one call of another company may take: its time-out is an answer too.
    private static readonly TimeSpan EventTime = TimeSpan.FromSeconds(12);

    // What a batch has not begun by then is given back. With the last events and the storing of outcomes that is well within the lease.
    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // Other processes' events come together: for as long after a wake-up this looks by itself, often.
    private static readonly TimeSpan Busy = Announcements.Spacing + TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WhileBusy = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AtTheStop = TimeSpan.FromSeconds(5);

    // What waits for more than Temporal may wait for long: a lost workflow that an operator resumes, another company.
    private static readonly Backoff Patient = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private IReadOnlyList<HandedOn> handedOn = [];
    private DateTimeOffset busyUntil;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await new RetryLoop($"Handing on events ({handler.Sender})", logger).RunAsync(RelayAsync, stoppingToken);
        if (handedOn.Count == 0)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(AtTheStop);
        try
        {
            await inbox.TakeDueAsync(handler.Sender, handedOn, 0, Lease, deadline.Token);
        }
        catch (Exception failure)
        {
            logger.LogWarning("The last events are handed on again when their lease ends: {Reason}", failure.Message);
        }
    }

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var events = await inbox.TakeDueAsync(handler.Sender, handedOn, Batch, Lease, stoppingToken);
        handedOn = await HandOnAsync(events, stoppingToken);
        if (events.Count == Batch)
        {
            return;
        }

        // Both to merge what comes close together and to store soon what became of this batch.
        var isBusy = events.Count > 0 || DateTimeOffset.UtcNow < busyUntil;
        if (await wake.WaitAsync(Inbox.Channel(handler.Sender), isBusy ? WhileBusy : Sweep, stoppingToken) || events.Count > 0)
        {
            busyUntil = DateTimeOffset.UtcNow + Busy;
        }
    }

    // Those about one thing one after the other, as they came; others beside them.
    private async Task<IReadOnlyList<HandedOn>> HandOnAsync(IReadOnlyList<StoredEvent> events, CancellationToken stoppingToken)
    {
        using var batch = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        batch.CancelAfter(BatchTime);
        using var hands = new SemaphoreSlim(AtOnce);
        var outcomes = await Task.WhenAll(
            events
                .GroupBy(stored => stored.AggregateId)
                .Select(async aboutOne =>
                {
                    await hands.WaitAsync();
                    try
                    {
                        var ofOne = new List<HandedOn>();
                        foreach (var stored in aboutOne)
                        {
                            ofOne.Add(batch.IsCancellationRequested ? new(stored.InboxId, null) : await HandOnAsync(stored));
                        }

                        return ofOne;
                    }
                    finally
                    {
                        hands.Release();
                    }
                })
        );
        return [.. outcomes.SelectMany(ofOne => ofOne)];
    }

    private async Task<HandedOn> HandOnAsync(StoredEvent stored)
    {
        using var deadline = new CancellationTokenSource(EventTime);
        try
        {
            var (outcome, detail) = await handler.HandOnAsync(stored, deadline.Token);
            if (outcome != InboxOutcome.Delivered)
            {
                logger.LogWarning("Event {EventId} about {AggregateId} came late: {Detail}", stored.EventId, stored.AggregateId, detail);
            }

            return new(stored.InboxId, outcome, detail);
        }
        catch (JsonException failure)
        {
            logger.LogWarning(
                "Event {EventId} about {AggregateId} cannot be read: {Reason}",
                stored.EventId,
                stored.AggregateId,
                failure.Message
            );
            return new(stored.InboxId, InboxOutcome.Unroutable, ForeignText.Cut($"it cannot be read: {failure.Message}", MaxDetail));
        }
        catch (Exception failure)
        {
            var pause = (IsTemporalAway(failure) ? Backoff.Standard : Patient).After(stored.Tries + 1);
            logger.LogWarning(
                "Event {EventId} about {AggregateId} waits {Pause} s: {Reason}",
                stored.EventId,
                stored.AggregateId,
                pause.TotalSeconds,
                failure.Message
            );
            return new(stored.InboxId, null, ForeignText.Cut(failure.Message, MaxDetail), pause);
        }
    }

    // A first connection that fails says so with InvalidOperationException.
    private static bool IsTemporalAway(Exception failure) =>
        failure is RpcException rpc ? !rpc.IsMissingWorkflow() : failure is InvalidOperationException or OperationCanceledException;
}
