using Dapper;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;

namespace TemporalDelivery.Worker.Tests.Mail;

public sealed class MailKillTests
{
    private const int Orders = 30;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_is_killed_between_sending_and_storing_tells_everybody_and_repeats_that_one_mail_by_its_id()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await using var environment = await TestTemporal.StartLocalAsync();
        await using var server = SmtpServer.Start();
        var isReached = new TaskCompletionSource();
        server.BeforeAnswer = async stopped =>
        {
            if (server.Received.Count == 10)
            {
                isReached.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(stopped);
            }
        };
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);

        await using (var killed = Start())
        {
            await killed.UntilItSaysAsync("Application started");
            await UntilAsync("select exists (select from messages.readers where reader = 'mail')");
            await connection.ExecuteAsync(
                """
                insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token)
                select gen_random_uuid(), '01920000-0000-7000-8000-000000000002', 'PENDING', 4550, 1, 'tok_ok' from generate_series(1, @Orders);
                insert into orders.order_lines (order_id, line_number, sku, name, kind, quantity, unit_price_cents)
                select order_id, 1, 'BOOK-DDIA', 'Designing', 'PHYSICAL', 1, 4550 from orders.orders;
                insert into orders.order_audit (order_id, attempt, to_status, event, actor)
                select order_id, 1, 'PENDING', 'ACCEPTED', 'system' from orders.orders
                """,
                new { Orders }
            );
            await isReached.Task.WaitAsync(TimeSpan.FromSeconds(60), Now);
        }

        // As if the lease of the dead were over.
        await connection.ExecuteAsync("update messages.mails set next_try_at = now()");
        await using var worker = Start();
        await UntilAsync($"select count(*) = {Orders} from messages.mails where state = 'SENT'");

        var ids = server.Received.Select(mail => mail.Message.MessageId!).ToList();
        Assert.Equal(
            (await connection.QueryAsync<string>("select event_id || '@shop.example' from messages.outbox")).Order(),
            ids.Distinct().Order()
        );
        Assert.Equal([ids[9]], ids.GroupBy(id => id).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Equal(Orders + 1, ids.Count);
        Assert.Equal(0, await worker.StopAsync());

        WorkerProcess Start() =>
            WorkerProcess.Start(
                $"--Database:ConnectionString={database.ConnectionString}",
                "--Database:Seed=demo",
                $"--Temporal:Address={environment.Client.Connection.Options.TargetHost}",
                "--Worker:Modules=orders",
                "--Payments:BaseUrl=http://127.0.0.1:1",
                "--Mail:From=shop@shop.example",
                "--Mail:Smtp:Host=127.0.0.1",
                $"--Mail:Smtp:Port={server.Port}",
                "--Mail:Smtp:Security=None"
            );

        async Task UntilAsync(string question)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            while (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(question, cancellationToken: patience.Token)))
            {
                await connection.ExecuteAsync(new CommandDefinition("select pg_sleep(0.02)", cancellationToken: patience.Token));
            }
        }
    }
}
