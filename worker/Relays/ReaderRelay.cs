using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Lets a reader follow the outbox: soon after this process has published something, and by a sweep after others have. What one reader
/// waits for, no other does.
/// </summary>
/// <typeparam name="TReader">Deals with the events.</typeparam>
internal sealed class ReaderRelay<TReader>(TReader reader, OutboxReaders readers, WakeSignals wake, ILogger<ReaderRelay<TReader>> logger)
    : BackgroundService
    where TReader : IOutboxReader
{
    private const int Batch = 100;
    private const int AtOnce = 4;
    private const int MaxReason = 1_000;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(300);

    // Nobody is in such a hurry that each event needs a transaction of its own.
    private static readonly TimeSpan ForMore = TimeSpan.FromMilliseconds(200);

    // What a round has not begun by then is left to the next.
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop($"Reading events ({reader.Name})", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        if (!await ReadAsync(stoppingToken))
        {
            await wake.WaitAsync(Channels.OutboxPublished, Sweep, stoppingToken);
            await Task.Delay(ForMore, stoppingToken);
        }
    }

    // Whether there may be more at once.
    private async Task<bool> ReadAsync(CancellationToken stoppingToken)
    {
        await using var round = await readers.BeginAsync(reader.Name, Batch, stoppingToken);
        if (round is null)
        {
            return false;
        }

        using var time = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        time.CancelAfter(RoundTime);
        using var hands = new SemaphoreSlim(AtOnce);
        var outcomes = new ReadOutcome[round.Events.Count];
        await Task.WhenAll(
            round.Events.Select((taken, index) => (taken, index)).GroupBy(each => each.taken.OrderId).Select(ReadInOrderAsync)
        );
        await round.CompleteAsync(outcomes, stoppingToken);
        return Array.Find(outcomes, outcome => outcome is { IsDone: false, IsPoison: false }) is not { } left
            ? round.Events.Count >= Batch
            : throw new IOException(left.Reason);

        async Task ReadInOrderAsync(IEnumerable<(TakenEvent Taken, int Index)> ofOrder)
        {
            await hands.WaitAsync(CancellationToken.None);
            try
            {
                var before = ReadOutcome.Done;
                foreach (var (taken, index) in ofOrder)
                {
                    // A parked one's order has no others to wait for: what came after it is parked too, and due after it.
                    before = outcomes[index] =
                        taken.IsGivenUp ? ReadOutcome.Done
                        : taken.IsBehind || before.IsPoison ? ReadOutcome.Behind
                        : before.IsDone ? await ReadOneAsync(taken.Event, time.Token)
                        : before;
                }
            }
            finally
            {
                hands.Release();
            }
        }
    }

    private async Task<ReadOutcome> ReadOneAsync(OutboxEvent message, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Wants(message.Topic))
            {
                await reader.ReadAsync(message, cancellationToken);
            }

            return ReadOutcome.Done;
        }
        catch (Exception poison) when (poison is PoisonMessageException or JsonException)
        {
            logger.LogWarning(
                "{Reader} cannot deal with event {Topic} of {AggregateId}, and parks it: {Reason}",
                reader.Name,
                message.Topic,
                message.AggregateId,
                poison.Message
            );
            return ReadOutcome.Poison(ForeignText.Cut(poison.Message, MaxReason));
        }
        catch (Exception failure)
        {
            return ReadOutcome.Left(ForeignText.Cut($"{message.Topic} of {message.AggregateId}: {failure.Message}", MaxReason));
        }
    }
}

/// <summary>Registers readers.</summary>
internal static class OutboxReaderSetup
{
    /// <summary>The host lets <typeparamref name="TReader"/> follow what is published.</summary>
    public static void AddOutboxReader<TReader>(this HostApplicationBuilder builder)
        where TReader : class, IOutboxReader
    {
        builder.Services.TryAddSingleton<TReader>();
        builder.Services.AddHostedService<ReaderRelay<TReader>>();
    }
}
