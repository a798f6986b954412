using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Broker;

/// <summary>
/// Publishes what order management follows. An event is read when the broker has confirmed that it is in a queue; whatever else happens it
/// is published again, under the same message id.
/// </summary>
internal sealed class BrokerReader(MessageBroker broker, BrokerHealth health) : IOutboxReader, IAsyncDisposable
{
    // A round brings many events: a broker that is away is not asked for each of them.
    private static readonly TimeSpan BetweenConnections = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim connecting = new(1, 1);

    // Behind the semaphore.
    private BrokerLink? link;
    private (long At, string Reason)? failure;
    private Task closing = Task.CompletedTask;

    public string Name => "broker";

    /// <summary>How long the broker may take to confirm.</summary>
    public TimeSpan ConfirmationTime { get; init; } = TimeSpan.FromSeconds(10);

    public bool Wants(string topic) => BrokerTopology.Published.Contains(topic);

    public async Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ConfirmationTime);
        var isPublished = false;
        try
        {
            await PublishAsync(message, deadline.Token);
            isPublished = true;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the broker has not confirmed it in time", late);
        }
        finally
        {
            health.Publishes(isPublished);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (link is not null)
        {
            await DropAsync(link);
        }

        await closing;
        connecting.Dispose();
    }

    private async Task PublishAsync(OutboxEvent message, CancellationToken cancellationToken)
    {
        var open = await OpenAsync(cancellationToken);
        try
        {
            await open.Channel.BasicPublishAsync(
                broker.Topology.Exchange,
                message.Topic,
                mandatory: true,
                new BasicProperties
                {
                    MessageId = message.EventId.ToString(),
                    Type = message.Topic,
                    ContentType = "application/json",
                    ContentEncoding = "utf-8",
                    Persistent = true,
                    Timestamp = new(new DateTimeOffset(message.RecordedAt).ToUnixTimeSeconds()),
                    Headers = new Dictionary<string, object?> { ["order-id"] = message.OrderId.ToString() },
                },
                Encoding.UTF8.GetBytes(message.Payload),
                cancellationToken
            );
        }
        catch (PublishReturnException returned)
        {
            // Somebody has taken the queue away. It is there again when the event comes again.
            await broker.Topology.DeclareAsync(open.Channel, cancellationToken);
            throw new IOException($"the broker had no queue for {returned.RoutingKey}", returned);
        }
        catch (Exception other) when (other is not PublishException)
        {
            await DropAsync(open);
            throw;
        }
    }

    private async Task<BrokerLink> OpenAsync(CancellationToken cancellationToken)
    {
        await connecting.WaitAsync(cancellationToken);
        try
        {
            if (link is { IsOpen: true })
            {
                return link;
            }

            if (failure is var (at, reason) && TimeProvider.System.GetElapsedTime(at) < BetweenConnections)
            {
                throw new IOException(reason);
            }

            Close();
            return link = await ConnectAsync(cancellationToken);
        }
        finally
        {
            connecting.Release();
        }
    }

    private async Task<BrokerLink> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await broker.ConnectAsync("events", confirms: true, cancellationToken);
        }
        catch (Exception refusal)
        {
            failure = (TimeProvider.System.GetTimestamp(), refusal.Message);
            throw;
        }
    }

    // What else was on its way on this connection fails too, and comes again.
    private async Task DropAsync(BrokerLink broken)
    {
        await connecting.WaitAsync(CancellationToken.None);
        try
        {
            if (link == broken)
            {
                Close();
            }
        }
        finally
        {
            connecting.Release();
        }
    }

    // A broker that answers nothing takes its time for this too, and nobody waits for it.
    private void Close()
    {
        if (link is not null)
        {
            closing = Task.WhenAll(closing, link.DisposeAsync().AsTask());
            link = null;
        }
    }
}
