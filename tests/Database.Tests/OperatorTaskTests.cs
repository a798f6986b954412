using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Tests;

public sealed class OperatorTaskTests
{
    private static readonly Actor Jane = Actor.Operator("jane");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_opened_once_and_closed_once_whatever_is_retried()
    {
        await using var shop = await Shop.OpenAsync();
        var tasks = shop.Get<OperatorTaskStore>();
        var task = await TaskAsync(shop);
        var closing = new OperatorTaskClosing(task.Key, "it came back", Jane);

        await tasks.CloseOperatorTaskAsync(closing);
        await tasks.OpenOperatorTaskAsync(task);
        await tasks.OpenOperatorTaskAsync(task);
        await tasks.CloseOperatorTaskAsync(closing);
        await tasks.CloseOperatorTaskAsync(closing with { Actor = Actor.Operator("joe") });
        await tasks.OpenOperatorTaskAsync(task);

        Assert.Equal(("operator:jane", 2), await shop.SingleAsync<(string, int)>("select closed_by, version from orders.operator_tasks"));
        Assert.Equal(["OPENED system it is away", "CLOSED operator:jane it came back"], await HistoryAsync(shop));
    }

    [Fact]
    public async Task What_happens_again_after_the_closing_is_a_new_task()
    {
        await using var shop = await Shop.OpenAsync();
        var tasks = shop.Get<OperatorTaskStore>();
        var first = await TaskAsync(shop);
        var second = first with { Occasion = "run/2", Detail = "it is away again" };
        await tasks.OpenOperatorTaskAsync(first);
        await tasks.CloseOperatorTaskAsync(new(first.Key, "it came back", Jane));

        await tasks.OpenOperatorTaskAsync(second);
        await tasks.OpenOperatorTaskAsync(second);

        // The answers to both openings were lost: their repetitions come now.
        await tasks.OpenOperatorTaskAsync(first);
        await tasks.CloseOperatorTaskAsync(new(first.Key, "it came back", Jane));
        await tasks.OpenOperatorTaskAsync(first);
        await tasks.OpenOperatorTaskAsync(second);

        Assert.Equal(
            [(1, "it is away", true), (2, "it is away again", true)],
            await shop.ListAsync<(int, string, bool)>(
                "select occurrence, detail, closed_at is not null from orders.operator_tasks order by task_id"
            )
        );
    }

    [Fact]
    public async Task What_happens_again_while_the_task_is_open_is_told_by_that_task()
    {
        await using var shop = await Shop.OpenAsync();
        var tasks = shop.Get<OperatorTaskStore>();
        var first = await TaskAsync(shop);
        var second = first with { Occasion = "run/2", Detail = "it is away again" };

        await tasks.OpenOperatorTaskAsync(first);
        await tasks.OpenOperatorTaskAsync(second);
        await tasks.OpenOperatorTaskAsync(second);
        await tasks.CloseOperatorTaskAsync(new(first.Key, "it came back", Jane));
        await tasks.OpenOperatorTaskAsync(second);

        Assert.Equal(
            ["OPENED system it is away", "AGAIN system it is away again", "CLOSED operator:jane it came back"],
            await HistoryAsync(shop)
        );
        Assert.Equal(1, await shop.SingleAsync<int>("select count(*)::int from orders.operator_tasks"));
    }

    [Fact]
    public async Task Openings_at_once_open_one_task()
    {
        await using var shop = await Shop.OpenAsync();
        var task = await TaskAsync(shop);

        await ShopSteps.AtOnceAsync(8, async () =>
        {
            await shop.Get<OperatorTaskStore>().OpenOperatorTaskAsync(task);
            return true;
        });

        Assert.Equal(["OPENED system it is away"], await HistoryAsync(shop));
    }

    [Fact]
    public async Task A_change_that_was_sent_twice_is_made_once()
    {
        await using var shop = await Shop.OpenAsync();
        var id = await OpenAsync(shop);
        var note = new OperatorTaskChange.Note(id, Jane, "they do not answer", MayChange: null, "request-1");
        var resolve = new OperatorTaskChange.Resolve(id, Jane, "told", MayChange: null, "request-2", OperatorTaskResolution.Done);

        await ChangeAsync(shop, note);
        await ChangeAsync(shop, note);
        await ChangeAsync(shop, resolve);
        var again = await ChangeAsync(shop, resolve);

        Assert.Equal(OperatorTaskVerdict.Made, again.Verdict);
        Assert.Equal(
            ["OPENED system it is away", "NOTED operator:jane they do not answer", "CLOSED operator:jane DONE: told"],
            await HistoryAsync(shop)
        );
    }

    [Fact]
    public async Task A_claim_that_has_run_out_holds_nobody_back()
    {
        await using var shop = await Shop.OpenAsync();
        var id = await OpenAsync(shop);
        var joe = new OperatorTaskChange.Claim(id, Actor.Operator("joe"), null, null, null, TimeSpan.FromMinutes(30));
        await ChangeAsync(shop, new OperatorTaskChange.Claim(id, Jane, null, null, null, TimeSpan.FromMinutes(30)));

        var whileItLasts = await ChangeAsync(shop, joe);
        await shop.ExecuteAsync("update orders.operator_tasks set claimed_till = now() - interval '1 second'");
        var after = await ChangeAsync(shop, joe);

        Assert.Equal(OperatorTaskVerdict.ClaimedByAnother, whileItLasts.Verdict);
        Assert.Equal("operator:jane", whileItLasts.Task!.Task.ClaimedBy);
        Assert.Equal(OperatorTaskVerdict.Made, after.Verdict);
        Assert.Equal("operator:joe", after.Task!.Task.ClaimedBy);
    }

    [Fact]
    public async Task Of_two_who_claim_at_once_one_does()
    {
        await using var shop = await Shop.OpenAsync();
        var id = await OpenAsync(shop);
        var number = 0;

        var outcomes = await ShopSteps.AtOnceAsync(8, () =>
            ChangeAsync(
                shop,
                new OperatorTaskChange.Claim(
                    id,
                    Actor.Operator($"o{Interlocked.Increment(ref number)}"),
                    null,
                    null,
                    null,
                    TimeSpan.FromMinutes(1)
                )
            )
        );

        Assert.Single(outcomes, outcome => outcome.Verdict == OperatorTaskVerdict.Made);
    }

    [Theory]
    [InlineData("update orders.operator_task_audit set text = 'nothing'")]
    [InlineData("delete from orders.operator_task_audit")]
    [InlineData("truncate orders.operator_task_audit")]
    public async Task What_happened_to_a_task_cannot_be_changed(string sql)
    {
        await using var shop = await Shop.OpenAsync();
        await OpenAsync(shop);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => shop.ExecuteAsync(sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Fact]
    public void Every_kind_says_what_it_may_be_resolved_with()
    {
        Assert.All(Enum.GetValues<OperatorTaskKind>(), kind => Assert.NotEmpty(kind.Resolutions()));
    }

    private static async Task<OperatorTask> TaskAsync(Shop shop)
    {
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        return new($"order-{order.OrderId}/charge", order.OrderId, null, OperatorTaskKind.StepOverdue, "it is away", "run/1");
    }

    private static async Task<Guid> OpenAsync(Shop shop)
    {
        await shop.Get<OperatorTaskStore>().OpenOperatorTaskAsync(await TaskAsync(shop));
        return await shop.SingleAsync<Guid>("select task_id from orders.operator_tasks");
    }

    private static Task<OperatorTaskOutcome> ChangeAsync(Shop shop, OperatorTaskChange change) =>
        shop.Get<OperatorTaskQueue>().ChangeAsync(change, Now);

    private static Task<IReadOnlyList<string>> HistoryAsync(Shop shop) =>
        shop.ListAsync<string>("select concat_ws(' ', event, actor, text) from orders.operator_task_audit order by audit_id");
}
