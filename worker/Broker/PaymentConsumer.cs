using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Broker;

/// <summary>
/// Takes the payment service's messages into the inbox, one after the other, as its webhook does, and acknowledges each when it is stored.
/// What cannot be an event is stored for an operator. While the database is away nothing is acknowledged, and the broker keeps it all.
/// </summary>
internal sealed class PaymentConsumer(MessageBroker broker, BrokerHealth health, Inbox inbox, ILogger<PaymentConsumer> logger)
    : BackgroundService
{
    private const ushort Prefetch = 16;

    // As much as the webhook takes.
    private const int MaxBytes = 64 * 1024;
    private const int MaxReason = 500;
    private static readonly TimeSpan StoringTime = TimeSpan.FromSeconds(10);

    private readonly RetryLoop consuming = new("Consuming payment events", logger);
    private readonly RetryLoop storing = new("Storing a payment event", logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => consuming.RunAsync(ConsumeAsync, stoppingToken);

    private async Task ConsumeAsync(CancellationToken stoppingToken)
    {
        await using var link = await broker.ConnectAsync("payments", confirms: false, stoppingToken);
        var messages = new IncomingMessages(link.Channel, Prefetch);
        await link.Channel.BasicQosAsync(0, Prefetch, global: false, stoppingToken);
        await link.Channel.BasicConsumeAsync(broker.Topology.Payments, autoAck: false, messages, stoppingToken);
        consuming.Succeeded();
        health.Consumes(link.Channel);
        try
        {
            await foreach (var message in messages.ReadAllAsync(stoppingToken))
            {
                await TakeAsync(link.Channel, message, stoppingToken);
            }
        }
        finally
        {
            health.Consumes(null);
        }
    }

    private async Task TakeAsync(IChannel channel, IncomingMessage message, CancellationToken stoppingToken)
    {
        var isStored = false;
        await storing.UntilDoneAsync(async token => isStored = await StoreAsync(message.Body, token), stoppingToken);
        await (
            isStored
                ? channel.BasicAckAsync(message.Tag, multiple: false, stoppingToken)
                : channel.BasicNackAsync(message.Tag, multiple: false, requeue: true, stoppingToken)
        );
    }

    /// <returns>False when the database refuses even to keep this one; the broker counts how often.</returns>
    private async Task<bool> StoreAsync(byte[] body, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(StoringTime);
        try
        {
            var (received, fault) = Read(body);
            try
            {
                fault ??= await StoreAsync(received!, deadline.Token);
            }
            catch (PostgresException refusal) when (IsOfThisOne(refusal))
            {
                fault = $"the database refuses it: {refusal.MessageText}";
            }

            if (fault is not null)
            {
                await KeepAsync(body, ForeignText.Cut(fault, MaxReason), deadline.Token);
            }

            return true;
        }
        catch (PostgresException refusal) when (IsOfThisOne(refusal))
        {
            logger.LogError("A message of the payment service cannot be stored: {Reason}", refusal.MessageText);
            return false;
        }
    }

    private static bool IsOfThisOne(PostgresException refusal) => refusal.SqlState is ['2', '2' or '3', ..];

    /// <returns>Why it cannot be stored as an event; null when it is stored, now or before.</returns>
    private async Task<string?> StoreAsync(IncomingEvent received, CancellationToken cancellationToken)
    {
        switch (await inbox.StoreAsync(received, cancellationToken))
        {
            case InboxReceipt.UnknownAggregate:
                return $"event {received.EventId} is about order {received.AggregateId}, which is unknown here";
            case InboxReceipt.Conflicting:
                logger.LogWarning(
                    "The payment service sent something else under the id of event {EventId}: it is kept and has no effect",
                    received.EventId
                );
                return null;
            default:
                return null;
        }
    }

    private async Task KeepAsync(byte[] body, string fault, CancellationToken cancellationToken)
    {
        // What no text can bear is replaced.
        var text = Encoding.UTF8.GetString(body.AsSpan()[..Math.Min(body.Length, MaxBytes)]).Replace('\0', '\uFFFD');
        var key = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}";
        logger.LogWarning("A message of the payment service is kept for an operator, as {Key}: {Fault}", key, fault);
        await inbox.KeepUnroutableAsync(EventSender.Payments, key, text, fault, cancellationToken);
    }

    private static (IncomingEvent? Received, string? Fault) Read(byte[] body)
    {
        if (body.Length > MaxBytes)
        {
            return (null, $"it has {body.Length} bytes, more than {MaxBytes}");
        }

        try
        {
            return ReceivedEvent.Read<ProviderPaymentEvent>(body) switch
            {
                { Faults: { Count: > 0 } faults } => (null, string.Join(" ", faults.Select(fault => fault.Message))),
                { IsKnown: false } other => (null, $"event {other.EventId} is of the unknown type {other.Type}"),
                var read => (new(EventSender.Payments, read.EventId!, read.AggregateId, read.Body), null),
            };
        }
        catch (JsonException failure)
        {
            return (null, $"it cannot be read: {failure.Message}");
        }
    }
}
