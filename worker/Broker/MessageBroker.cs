using System.Net.Security;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Temporal;

namespace TemporalDelivery.Worker.Broker;

/// <summary>RabbitMQ at <c>Broker:Url</c>: opens connections, on which exchange and queues are there.</summary>
internal sealed class MessageBroker
{
    // RabbitMQ's own bound. A smaller one here would close the connection of whoever consumes, and count against every message on it.
    private const int MaxMessageBytes = 128 * 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <exception cref="ConfigurationException">
    /// The address is none of a broker. The message does not repeat it: there is a password in it.
    /// </exception>
    public MessageBroker(BrokerOptions options)
    {
        Topology = new(options.Exchange);
        Factory = new()
        {
            Uri = Address(options.Url),
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Timeout,
            HandshakeContinuationTimeout = Timeout,
            ContinuationTimeout = Timeout,
            SocketReadTimeout = Timeout,
            SocketWriteTimeout = Timeout,
            RequestedHeartbeat = Heartbeat,
            MaxInboundMessageBodySize = MaxMessageBytes,
        };

        // From an amqps address the client would take a certificate of any name.
        Factory.Ssl.AcceptablePolicyErrors = SslPolicyErrors.None;
    }

    /// <summary>How connections are made.</summary>
    public ConnectionFactory Factory { get; }

    /// <summary>What there is on the broker.</summary>
    public BrokerTopology Topology { get; }

    /// <summary>Opens a connection.</summary>
    /// <param name="purpose">What for, as the broker's list of connections shows it.</param>
    /// <param name="confirms">Whether whoever publishes is told that the broker has it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BrokerLink> ConnectAsync(string purpose, bool confirms, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(purpose, cancellationToken);
        try
        {
            var channel = await connection.CreateChannelAsync(new(confirms, confirms), cancellationToken);
            await Topology.DeclareAsync(channel, cancellationToken);
            return new(connection, channel);
        }
        catch
        {
            await connection.AbortAsync(Timeout);
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<IConnection> OpenAsync(string purpose, CancellationToken cancellationToken)
    {
        try
        {
            return await Factory.CreateConnectionAsync(ProcessIdentity.Of(purpose), cancellationToken);
        }
        catch (BrokerUnreachableException failure)
        {
            throw new IOException($"the broker cannot be reached: {failure.GetBaseException().Message}", failure);
        }
    }

    private static Uri Address(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address is { Scheme: "amqp" or "amqps", Host.Length: > 0, Segments.Length: <= 2, Query: "", Fragment: "" }
            ? address
            : throw new ConfigurationException(
                "Broker:Url is not the address of a broker; expected one like amqp://user:password@127.0.0.1:5672/vhost"
            );
}
