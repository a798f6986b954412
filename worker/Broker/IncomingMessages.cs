using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace TemporalDelivery.Worker.Broker;

/// <summary>A message that waits for its acknowledgement.</summary>
/// <param name="Tag">What it is acknowledged by, on the channel that it came by.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record IncomingMessage(ulong Tag, byte[] Body);

/// <summary>The messages of a queue, one after the other.</summary>
/// <param name="channel">By which they come.</param>
/// <param name="prefetch">How many unacknowledged ones the broker sends; no more can gather here.</param>
internal sealed class IncomingMessages(IChannel channel, int prefetch) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<IncomingMessage> messages = System.Threading.Channels.Channel.CreateBounded<IncomingMessage>(prefetch);

    /// <summary>The messages; after the last one that came an exception says why no more come.</summary>
    public IAsyncEnumerable<IncomingMessage> ReadAllAsync(CancellationToken cancellationToken) =>
        messages.Reader.ReadAllAsync(cancellationToken);

    public override async Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default
    ) =>
        // The client takes its memory back afterwards.
        await messages.Writer.WriteAsync(new(deliveryTag, body.ToArray()), cancellationToken);

    public override async Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        await base.HandleBasicCancelAsync(consumerTag, cancellationToken);
        messages.Writer.TryComplete(new IOException("the broker has cancelled the consumer: its queue is gone"));
    }

    public override async Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        await base.HandleChannelShutdownAsync(channel, reason);
        messages.Writer.TryComplete(new IOException($"the channel is closed: {reason.ReplyCode} {reason.ReplyText}"));
    }
}
