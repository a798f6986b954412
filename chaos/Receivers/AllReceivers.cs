using Dapper;
using Npgsql;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Tests.Broker;
using TemporalDelivery.Tests.Processes;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.Chaos.Receivers;

/// <summary>
/// Whoever is told of what happens in the shop: customers by mail, two merchants, and order management where there is a broker.
/// </summary>
internal sealed class AllReceivers : IAsyncDisposable
{
    /// <summary>How many merchants' endpoints there are.</summary>
    public const int Endpoints = 2;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly string[] MailTopics =
    [
        "order.accepted",
        "order.failed",
        "order.cancelled",
        "delivery.picked_up",
        "delivery.delivered",
        "delivery.failed",
        "customer.reminder",
        "customer.voucher_earned",
    ];

    private static readonly string[] BrokerTopics = ["order.completed", "order.failed", "delivery.confirmed"];
    private static readonly string[][] MerchantTopics =
    [
        ["order.*", "delivery.*"],
        ["order.accepted", "order.cancelled", "delivery.*"],
    ];

    private readonly List<WebhookReceiver> merchants = [];
    private readonly MailFolder mails;

    private AllReceivers(MailFolder mails) => this.mails = mails;

    /// <summary>The broker; null where no rabbitmq-server can be had.</summary>
    public BrokerServer? Broker { get; private set; }

    /// <summary>Merchants' endpoints.</summary>
    public IReadOnlyList<WebhookReceiver> Merchants => merchants;

    /// <summary>Who is to be told of what.</summary>
    public IReadOnlyList<Subscription> Subscriptions =>
        [
            new(MailFolder.Reader, MailFolder.Receiver, MailTopics),
            .. merchants.Select(
                (merchant, index) =>
                    new Subscription(
                        WebhookReceiver.Reader,
                        merchant.Name,
                        [.. MerchantTopics[index].Select(topic => topic.Replace('*', '%'))]
                    )
            ),
            .. Broker is null ? [] : new[] { new Subscription(BrokerQueue.Reader, BrokerQueue.Name, BrokerTopics) },
        ];

    /// <summary>Opens endpoints, starts the broker and makes the folder for mails.</summary>
    public static async Task<AllReceivers> OpenAsync(string keepIn, CancellationToken cancellationToken)
    {
        var all = new AllReceivers(new MailFolder(Path.Combine(keepIn, "mails")));
        try
        {
            for (var number = 1; number <= Endpoints; number++)
            {
                all.merchants.Add(await WebhookReceiver.OpenAsync($"merchant {number}", cancellationToken));
            }

            all.Broker = await BrokerServer.StartAsync(cancellationToken);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>The shop that tells them.</summary>
    public ShopSettings Settings(ShopSettings shop) =>
        shop with
        {
            Api = [.. shop.Api, WebhookReceiver.Setting],
            Worker = [.. shop.Worker, WebhookReceiver.Setting, .. mails.Settings],
            BrokerUrl = Broker?.Url,
        };

    /// <summary>
    /// Returns when each of them is going to be told of whatever happens from now on: what happens before a reader's first start it is
    /// never told.
    /// </summary>
    public async Task SubscribeAsync(NpgsqlConnection connection, CarefulClient shop, CancellationToken cancellationToken)
    {
        foreach (var (merchant, topics) in merchants.Zip(MerchantTopics))
        {
            await merchant.SubscribeAsync(shop, topics, cancellationToken);
        }

        var readers = Subscriptions.Select(subscription => subscription.Reader).Distinct().ToArray();
        using var look = new PeriodicTimer(Look);
        while (
            await connection.ExecuteScalarAsync<int>(
                new CommandDefinition(
                    "select count(*) from messages.readers where reader = any (@readers)",
                    new { readers },
                    cancellationToken: cancellationToken
                )
            ) < readers.Length
        )
        {
            await look.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>All that they have received. What the broker holds is taken out of it.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceivedAsync(CancellationToken cancellationToken) =>
        [
            .. await mails.ReceivedAsync(cancellationToken),
            .. merchants.SelectMany(merchant => merchant.Received),
            .. Broker is null ? [] : await BrokerQueue.DrainAsync(Broker.Url, cancellationToken),
        ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        mails.Dispose();
        foreach (var merchant in merchants)
        {
            await merchant.DisposeAsync();
        }

        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }
    }
}
