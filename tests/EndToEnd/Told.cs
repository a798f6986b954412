using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.EndToEnd;

/// <summary>A merchant and the customers' mails: who is told what happens in a shop whose worker dies while it tells.</summary>
internal sealed class Told : IAsyncDisposable
{
    private const int BeforeTheKill = 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Mailed =
    [
        "order.accepted",
        "order.failed",
        "order.cancelled",
        "delivery.picked_up",
        "delivery.delivered",
        "delivery.failed",
        "customer.voucher_earned",
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mails-");
    private readonly TaskCompletionSource isTelling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebhookReceiver merchant;
    private readonly MailFolder mails;
    private string database = "";

    private Told(WebhookReceiver merchant)
    {
        this.merchant = merchant;
        mails = new MailFolder(folder.FullName);
    }

    public static async Task<Told> OpenAsync(CancellationToken cancellationToken) =>
        new(await WebhookReceiver.OpenAsync("merchant", cancellationToken));

    /// <summary>The shop that tells them.</summary>
    public ShopSettings Settings(ShopSettings shop) =>
        shop with
        {
            Api = [WebhookReceiver.Setting],
            Worker = [WebhookReceiver.Setting, .. mails.Settings],
        };

    /// <summary>From now on they are told of everything. From a certain message on the merchant takes none before the kill.</summary>
    public async Task SubscribeAsync(Shop shop, CancellationToken cancellationToken)
    {
        database = shop.Postgres.ConnectionString;
        merchant.Answer = async context =>
        {
            if (merchant.Received.Count >= BeforeTheKill)
            {
                isTelling.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            return await WebhookReceiver.Take(context);
        };
        using var client = new CarefulClient(shop.Address);
        await merchant.SubscribeAsync(client, ["order.*", "delivery.*"], cancellationToken);
        await UntilAsync("select count(*) = 2 from messages.readers where reader in ('mail', 'webhooks')", cancellationToken);
    }

    /// <summary>Kills the worker when it has told the merchant something, and does not know that it has.</summary>
    public async Task KillWhileTellingAsync(ProcessUnderTest worker, CancellationToken cancellationToken)
    {
        await isTelling.Task.WaitAsync(cancellationToken);
        await UntilAsync("select exists (select from messages.mails where state = 'SENT')", cancellationToken);
        await worker.KillAsync(cancellationToken);
        merchant.Answer = WebhookReceiver.Take;
        await using var connection = await ConnectAsync(cancellationToken);
        // As if the leases of the dead were over.
        var leases = await connection.ExecuteAsync(
            """
            update messages.mails set next_try_at = now() where state = 'WAITING';
            update messages.webhook_deliveries set next_try_at = now() where state = 'WAITING'
            """
        );
        Assert.NotEqual(0, leases);
    }

    /// <summary>Waits until nothing is left to be told, and compares what was told with what happened.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await UntilAsync(
            """
            select not exists (select from messages.outbox o where position is null
                    or exists (select from messages.readers r where r.position < o.position))
                and not exists (select from messages.mails where state = 'WAITING')
                and not exists (select from messages.webhook_deliveries where state = 'WAITING')
            """,
            cancellationToken
        );
        await using var connection = await ConnectAsync(cancellationToken);
        var happened = (
            await connection.QueryAsync<(string Id, string Topic, Guid Order)>(
                "select event_id::text, topic, (payload ->> 'orderId')::uuid from messages.outbox order by position"
            )
        ).ToList();
        var webhooks = merchant.Received;
        var firsts = webhooks.DistinctBy(webhook => webhook.EventId).Select((webhook, turn) => (webhook.EventId, turn)).ToDictionary();
        var forMerchants = happened.Where(one => !one.Topic.StartsWith("customer.", StringComparison.Ordinal)).ToList();

        Assert.Equal(forMerchants.Select(one => one.Id).Order(), firsts.Keys.Order());
        Assert.All(webhooks, webhook => Assert.True(webhook.IsSigned, webhook.Content));
        Assert.All(webhooks.GroupBy(webhook => webhook.MessageId), same =>
            Assert.Single(same.Select(webhook => webhook.Content).Distinct())
        );
        Assert.True(webhooks.Count > firsts.Count, "the merchant was told something again after the kill");
        Assert.All(forMerchants.GroupBy(one => one.Order), ofOne =>
        {
            var turns = ofOne.Select(one => firsts[one.Id]).ToList();
            Assert.Equal(turns.Order(), turns);
        });

        var written = await mails.ReceivedAsync(cancellationToken);
        Assert.Equal(
            happened.Where(one => Mailed.Contains(one.Topic)).Select(one => one.Id).Order(),
            written.Select(mail => mail.EventId).Distinct().Order()
        );
        Assert.Equal(written.Select(mail => mail.EventId).Distinct().Count(), written.Select(mail => mail.MessageId).Distinct().Count());
        Assert.All(happened.Join(written, one => one.Id, mail => mail.EventId, (one, mail) => (one.Order, mail.Content)), both =>
            Assert.Contains(both.Order.ToString(), both.Content, StringComparison.Ordinal)
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await merchant.DisposeAsync();
        mails.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task UntilAsync(string condition, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        using var tick = new PeriodicTimer(Look);
        while (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(condition, cancellationToken: cancellationToken)))
        {
            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
