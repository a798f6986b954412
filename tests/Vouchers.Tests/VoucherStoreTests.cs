using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Vouchers.Tests;

/// <summary>The rules of vouchers, on a real PostgreSQL.</summary>
public sealed class VoucherStoreTests : IAsyncLifetime
{
    private static readonly Guid Ada = Guid.CreateVersion7();

    private TestDatabase database = null!;
    private VoucherStore store = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(Cancel);
        await new Migrator(
            database.DataSource,
            [MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)],
            NullLogger<Migrator>.Instance
        ).MigrateAsync(Cancel);
        await OutboxContract.CreateAsync(database);
        store = new VoucherStore(database.DataSource);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_voucher_is_issued_disabled_and_then_made_ready()
    {
        var issued = await store.IssueVoucherAsync(new IssueVoucher(Guid.CreateVersion7(), Ada, 500));
        var voucher = (await store.FindByCodeAsync(issued.Code, Cancel))!;
        Assert.Equal((VoucherState.Disabled, 500L), (voucher.State, voucher.AmountCents));

        await store.ActivateVoucherAsync(issued);

        Assert.Equal(VoucherState.Ready, (await store.FindByCodeAsync(issued.Code, Cancel))!.State);
        Assert.Equal(["ISSUED", "ACTIVATED"], await ChangesAsync(issued));
    }

    [Fact]
    public async Task Others_hear_once_of_a_voucher_that_is_ready()
    {
        var issued = await store.IssueVoucherAsync(new IssueVoucher(Guid.CreateVersion7(), Ada, 500));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => store.ActivateVoucherAsync(issued)));

        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        Assert.Equal(
            ("customer.voucher_earned", Ada, issued.Code, 500L),
            await connection.QuerySingleAsync<(string, Guid, string, long)>(
                """
                select topic, (payload ->> 'customerId')::uuid, payload ->> 'code', (payload ->> 'amountCents')::bigint
                from messages.outbox
                """
            )
        );
    }

    [Fact]
    public async Task An_order_earns_one_voucher_however_often_and_concurrently_it_is_issued()
    {
        var order = new IssueVoucher(Guid.CreateVersion7(), Ada, 500);

        var issued = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.IssueVoucherAsync(order)));

        Assert.Single(issued.DistinctBy(voucher => voucher.VoucherId));
        Assert.Equal(issued[0].VoucherId, (await store.FindByOrderAsync(order.OrderId, Cancel))?.VoucherId);
        Assert.Equal(["ISSUED"], await ChangesAsync(issued[0]));
    }

    [Fact]
    public async Task Who_is_never_quick_enough_gives_up_and_is_told_to_try_again()
    {
        var voucher = await ReadyAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        await connection.ExecuteAsync(
            """
            create function vouchers.be_quicker() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger somebody_is_quicker before insert or update on vouchers.vouchers for each row execute function vouchers.be_quicker()
            """
        );

        await Assert.ThrowsAsync<TimeoutException>(() => store.RedeemVoucherAsync(Use(voucher)));
        await Assert.ThrowsAsync<TimeoutException>(() => store.DisableAsync(voucher.Code, "operator:jane", Cancel));
        await Assert.ThrowsAsync<TimeoutException>(() => store.IssueVoucherAsync(new IssueVoucher(Guid.CreateVersion7(), Ada, 500)));
    }

    [Fact]
    public async Task Of_many_orders_that_redeem_a_voucher_at_once_exactly_one_gets_it()
    {
        var voucher = await ReadyAsync();

        var redemptions = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.RedeemVoucherAsync(Use(voucher))));

        var winner = Assert.Single(redemptions, redemption => redemption.Redeemed);
        Assert.Equal(500, winner.AmountCents);
        Assert.All(redemptions.Where(redemption => !redemption.Redeemed), redemption =>
            Assert.Equal("the voucher is already used", redemption.Refusal)
        );
        Assert.Equal(["ISSUED", "ACTIVATED", "REDEEMED"], await ChangesAsync(voucher));
    }

    [Fact]
    public async Task An_attempt_that_was_refused_stays_refused_whatever_becomes_of_the_voucher()
    {
        var voucher = await ReadyAsync();
        var (first, late) = (Use(voucher), Use(voucher));
        await store.RedeemVoucherAsync(first);
        var refused = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => store.RedeemVoucherAsync(late)));
        await store.GiveVoucherBackAsync(first);

        var again = await store.RedeemVoucherAsync(late);
        await store.GiveVoucherBackAsync(late);

        Assert.All(refused.Append(again), answer => Assert.Equal(new(false, 0, "the voucher is already used"), answer));
        Assert.Equal(VoucherState.Ready, (await store.FindByCodeAsync(voucher.Code, Cancel))!.State);
        Assert.True((await store.RedeemVoucherAsync(late with { Attempt = 2 })).Redeemed);
    }

    [Fact]
    public async Task An_attempt_redeems_one_voucher()
    {
        var (one, other) = (await ReadyAsync(), await ReadyAsync());
        var use = Use(one);
        await store.RedeemVoucherAsync(use);

        var second = await store.RedeemVoucherAsync(use with { Code = other.Code });
        var forged = await store.RedeemVoucherAsync(use with { Code = "forged" });

        Assert.All([second, forged], answer => Assert.Equal(new(false, 0, "the order uses another voucher"), answer));
        Assert.Equal(VoucherState.Ready, (await store.FindByCodeAsync(other.Code, Cancel))!.State);
    }

    [Fact]
    public async Task A_customers_vouchers_are_listed_the_latest_first()
    {
        var ids = new List<Guid>();
        for (var count = 0; count < 3; count++)
        {
            ids.Insert(0, (await ReadyAsync()).VoucherId);
        }

        var first = await store.ListAsync(Ada, null, 2, Cancel);
        var rest = await store.ListAsync(Ada, first[^1].VoucherId, 2, Cancel);

        Assert.Equal(ids, first.Concat(rest).Select(voucher => voucher.VoucherId));
        Assert.Empty(await store.ListAsync(Guid.CreateVersion7(), null, 2, Cancel));
    }

    [Fact]
    public async Task Redeeming_again_for_the_same_order_attempt_gives_the_same_answer()
    {
        var use = Use(await ReadyAsync());

        var redemptions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.RedeemVoucherAsync(use)));

        Assert.All(redemptions, redemption => Assert.Equal(new VoucherRedemption(true, 500, null), redemption));
    }

    [Fact]
    public async Task A_voucher_given_back_is_ready_for_another_order_and_never_again_for_the_same_attempt()
    {
        var voucher = await ReadyAsync();
        var first = Use(voucher);
        Assert.True((await store.RedeemVoucherAsync(first)).Redeemed);

        await store.GiveVoucherBackAsync(first);
        await store.GiveVoucherBackAsync(first);

        Assert.False((await store.RedeemVoucherAsync(first)).Redeemed);
        Assert.True((await store.RedeemVoucherAsync(Use(voucher))).Redeemed);
        Assert.Equal(["ISSUED", "ACTIVATED", "REDEEMED", "GIVEN_BACK", "REDEEMED"], await ChangesAsync(voucher));
    }

    [Fact]
    public async Task A_retry_of_the_order_may_redeem_what_its_first_attempt_gave_back()
    {
        var use = Use(await ReadyAsync());
        await store.RedeemVoucherAsync(use);
        await store.GiveVoucherBackAsync(use);

        Assert.True((await store.RedeemVoucherAsync(use with { Attempt = 2 })).Redeemed);
    }

    [Fact]
    public async Task A_redemption_that_comes_after_its_own_giving_back_takes_nothing()
    {
        var voucher = await ReadyAsync();
        var use = Use(voucher);

        await store.GiveVoucherBackAsync(use);

        Assert.False((await store.RedeemVoucherAsync(use)).Redeemed);
        Assert.Equal(VoucherState.Ready, (await store.FindByCodeAsync(voucher.Code, Cancel))!.State);
    }

    [Fact]
    public async Task Another_customers_code_and_an_unknown_one_are_refused_alike()
    {
        var voucher = await ReadyAsync();

        var foreign = await store.RedeemVoucherAsync(Use(voucher) with { CustomerId = Guid.CreateVersion7() });
        var unknown = await store.RedeemVoucherAsync(Use(voucher) with { Code = VoucherCode.New() });
        var nonsense = await store.RedeemVoucherAsync(Use(voucher) with { Code = "'; drop table" });

        Assert.All([foreign, unknown, nonsense], redemption =>
            Assert.Equal(new VoucherRedemption(false, 0, "there is no such voucher"), redemption)
        );
    }

    [Fact]
    public async Task A_disabled_voucher_is_refused_and_stays_disabled_when_its_workflow_comes_late()
    {
        var issued = await store.IssueVoucherAsync(new IssueVoucher(Guid.CreateVersion7(), Ada, 500));

        Assert.Equal(DisableOutcome.Disabled, await store.DisableAsync(issued.Code, "operator:jane", Cancel));
        Assert.Equal(DisableOutcome.Disabled, await store.DisableAsync(issued.Code, "operator:jane", Cancel));
        await store.ActivateVoucherAsync(issued);

        Assert.Equal("the voucher is disabled", (await store.RedeemVoucherAsync(Use(issued))).Refusal);
    }

    [Fact]
    public async Task A_used_voucher_cannot_be_disabled_and_an_unknown_one_is_said_to_be_unknown()
    {
        var voucher = await ReadyAsync();
        await store.RedeemVoucherAsync(Use(voucher));

        Assert.Equal(DisableOutcome.Used, await store.DisableAsync(voucher.Code, "operator:jane", Cancel));
        Assert.Equal(DisableOutcome.Unknown, await store.DisableAsync(VoucherCode.New(), "operator:jane", Cancel));
    }

    [Fact]
    public async Task Redeeming_and_disabling_at_once_leave_one_of_the_two()
    {
        for (var round = 0; round < 10; round++)
        {
            var voucher = await ReadyAsync();

            var disabling = store.DisableAsync(voucher.Code, "operator:jane", Cancel);
            var redeeming = store.RedeemVoucherAsync(Use(voucher));
            var (disabled, redeemed) = (await disabling == DisableOutcome.Disabled, (await redeeming).Redeemed);

            Assert.NotEqual(disabled, redeemed);
            Assert.Equal(disabled ? VoucherState.Disabled : VoucherState.Used, (await store.FindByCodeAsync(voucher.Code, Cancel))!.State);
        }
    }

    [Fact]
    public async Task Audit_rows_are_never_changed_or_deleted()
    {
        await ReadyAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);

        foreach (
            var sql in new[]
            {
                "update vouchers.voucher_audit set actor = 'nobody'",
                "delete from vouchers.voucher_audit",
                "truncate vouchers.voucher_audit",
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static VoucherUse Use(IssuedVoucher voucher) => new(voucher.Code.ToLowerInvariant(), Guid.CreateVersion7(), 1, Ada);

    private async Task<IssuedVoucher> ReadyAsync()
    {
        var issued = await store.IssueVoucherAsync(new IssueVoucher(Guid.CreateVersion7(), Ada, 500));
        await store.ActivateVoucherAsync(issued);
        return issued;
    }

    private async Task<IEnumerable<string>> ChangesAsync(IssuedVoucher voucher)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
        return await connection.QueryAsync<string>(
            "select event from vouchers.voucher_audit where voucher_id = @VoucherId order by version",
            voucher
        );
    }
}
