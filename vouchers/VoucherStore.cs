using Dapper;
using Npgsql;
using Temporalio.Activities;

namespace TemporalDelivery.Vouchers;

/// <summary>What became of an attempt to disable a voucher.</summary>
public enum DisableOutcome
{
    /// <summary>It is DISABLED now, or was already.</summary>
    Disabled,

    /// <summary>An order uses it.</summary>
    Used,

    /// <summary>There is no such voucher.</summary>
    Unknown,
}

/// <summary>
/// The vouchers in PostgreSQL, and so the module's activities. Every change compares the version that was read and writes its own audit row
/// in the same transaction: of changes that race, one wins and the others read again.
/// </summary>
public sealed class VoucherStore(NpgsqlDataSource database) : IVoucherActivities
{
    // Each lost round is another's success, so even this many are next to impossible.
    private const int MaxRounds = 20;

    private const string Columns = """
        voucher_id as "VoucherId", order_id as "OrderId", customer_id as "CustomerId", code as "Code", amount_cents as "AmountCents",
        state as "State", version as "Version", created_at as "CreatedAt"
        """;

    /// <summary>The voucher of this code, as typed; null when there is none.</summary>
    public Task<Voucher?> FindByCodeAsync(string code, CancellationToken cancellationToken) =>
        VoucherCode.Normalize(code) is { } normalized
            ? FindAsync($"select {Columns} from vouchers.vouchers where code = @normalized", new { normalized }, cancellationToken)
            : Task.FromResult<Voucher?>(null);

    /// <summary>Those of these codes, as they are stored, that there are.</summary>
    public Task<IReadOnlyList<Voucher>> FindByCodesAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        ListAsync($"select {Columns} from vouchers.vouchers where code = any(@codes)", new { codes = codes.ToArray() }, cancellationToken);

    /// <summary>A customer's vouchers, the latest first.</summary>
    /// <param name="customerId">Whose.</param>
    /// <param name="before">The voucher with which the page before ended; null for the first.</param>
    /// <param name="limit">The most vouchers.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public Task<IReadOnlyList<Voucher>> ListAsync(Guid customerId, Guid? before, int limit, CancellationToken cancellationToken) =>
        ListAsync(
            $"""
            select {Columns} from vouchers.vouchers
            where customer_id = @customerId and (@before::uuid is null or voucher_id < @before)
            order by voucher_id desc
            limit @limit
            """,
            new
            {
                customerId,
                before,
                limit,
            },
            cancellationToken
        );

    /// <summary>The voucher that this order earned; null when it has none.</summary>
    public Task<Voucher?> FindByOrderAsync(Guid orderId, CancellationToken cancellationToken) =>
        FindAsync($"select {Columns} from vouchers.vouchers where order_id = @orderId", new { orderId }, cancellationToken);

    /// <inheritdoc/>
    [Activity]
    public async Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        var cancellationToken = Cancellation;
        for (var round = 0; round < MaxRounds; round++)
        {
            // Should the code be taken, nothing is inserted and nothing found: the next round draws another.
            await using (var connection = await database.OpenConnectionAsync(cancellationToken))
            {
                await connection.ExecuteAsync(
                    new CommandDefinition(
                        """
                        with issued as (
                            insert into vouchers.vouchers (voucher_id, order_id, customer_id, code, amount_cents, state)
                            values (@voucherId, @OrderId, @CustomerId, @code, @AmountCents, 'DISABLED')
                            on conflict do nothing
                            returning voucher_id, version, state)
                        insert into vouchers.voucher_audit (voucher_id, version, from_state, to_state, event, actor)
                        select voucher_id, version, null, state, 'ISSUED', 'system' from issued
                        """,
                        new
                        {
                            voucherId = Guid.CreateVersion7(),
                            voucher.OrderId,
                            voucher.CustomerId,
                            code = VoucherCode.New(),
                            voucher.AmountCents,
                        },
                        cancellationToken: cancellationToken
                    )
                );
            }

            if (await FindByOrderAsync(voucher.OrderId, cancellationToken) is { } issued)
            {
                return new IssuedVoucher(issued.VoucherId, issued.Code);
            }
        }

        throw Contended($"voucher of order {voucher.OrderId}");
    }

    /// <inheritdoc/>
    [Activity]
    public async Task ActivateVoucherAsync(IssuedVoucher voucher)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        var cancellationToken = Cancellation;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with activated as (
                    update vouchers.vouchers set state = 'READY', activated_at = now(), version = version + 1
                    where voucher_id = @VoucherId and state = 'DISABLED' and activated_at is null
                    returning voucher_id, version, order_id, customer_id, code, amount_cents
                ), told as (
                    insert into messages.outbox (event_id, topic, aggregate_id, payload)
                    select voucher_id, 'customer.voucher_earned', order_id, jsonb_build_object(
                        'orderId', order_id, 'customerId', customer_id, 'code', code, 'amountCents', amount_cents)
                    from activated)
                insert into vouchers.voucher_audit (voucher_id, version, from_state, to_state, event, actor)
                select voucher_id, version, 'DISABLED', 'READY', 'ACTIVATED', 'system' from activated
                """,
                new { voucher.VoucherId },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Takes it out of use, unless an order uses it.</summary>
    /// <param name="code">As typed.</param>
    /// <param name="actor">Who does it, for the audit.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<DisableOutcome> DisableAsync(string code, string actor, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var voucher = await FindByCodeAsync(code, cancellationToken);
            switch (voucher?.State)
            {
                case null:
                    return DisableOutcome.Unknown;
                case VoucherState.Used:
                    return DisableOutcome.Used;
                case VoucherState.Disabled when await IsActivatedAsync(voucher, cancellationToken):
                    return DisableOutcome.Disabled;
            }

            // One that is still being issued is marked as activated, so that its workflow does not make it READY after this.
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await MoveAsync(transaction, voucher, VoucherState.Disabled, "DISABLED", actor, cancellationToken))
            {
                await transaction.CommitAsync(cancellationToken);
                return DisableOutcome.Disabled;
            }
        }

        throw Contended("voucher that is to be disabled");
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        var cancellationToken = Cancellation;
        for (var round = 0; round < MaxRounds; round++)
        {
            var voucher = await FindByCodeAsync(use.Code, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await FindUseAsync(transaction, use, cancellationToken) is { } known)
            {
                return known.GivenBackAt is null && known.VoucherId == voucher?.VoucherId
                    ? new VoucherRedemption(Redeemed: true, voucher!.AmountCents, Refusal: null)
                    : Refused(
                        known.Refusal ?? (known.GivenBackAt is null ? "the order uses another voucher" : "the order gave the voucher back")
                    );
            }

            if (RefusalOf(voucher, use) is { } refusal)
            {
                // The attempt goes on without it: what becomes of the voucher later is not its own any more.
                if (await RefuseUseAsync(transaction, use, refusal, cancellationToken))
                {
                    await transaction.CommitAsync(cancellationToken);
                    return Refused(refusal);
                }
            }
            else if (
                await ClaimUseAsync(transaction, use, voucher!, cancellationToken)
                && await MoveAsync(transaction, voucher!, VoucherState.Used, "REDEEMED", $"order:{use.OrderId}", cancellationToken)
            )
            {
                await transaction.CommitAsync(cancellationToken);
                return new VoucherRedemption(Redeemed: true, voucher!.AmountCents, Refusal: null);
            }
        }

        throw Contended($"voucher that order {use.OrderId} redeems");
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        var cancellationToken = Cancellation;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into vouchers.uses (order_id, attempt, given_back_at) values (@OrderId, @Attempt, now())
                on conflict (order_id, attempt) do nothing
                """,
                use,
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with given_back as (
                    update vouchers.uses set given_back_at = now()
                    where order_id = @OrderId and attempt = @Attempt and given_back_at is null
                    returning voucher_id),
                ready as (
                    update vouchers.vouchers v set state = 'READY', version = v.version + 1
                    from given_back g where v.voucher_id = g.voucher_id
                    returning v.voucher_id, v.version)
                insert into vouchers.voucher_audit (voucher_id, version, from_state, to_state, event, actor)
                select voucher_id, version, 'USED', 'READY', 'GIVEN_BACK', 'order:' || @OrderId from ready
                """,
                use,
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        return Refused("given back");
    }

    private static CancellationToken Cancellation =>
        ActivityExecutionContext.HasCurrent ? ActivityExecutionContext.Current.CancellationToken : CancellationToken.None;

    // It passes by itself: the caller tries again later.
    private static TimeoutException Contended(string what) => new($"Others were quicker {MaxRounds} times: the {what} is left as it is.");

    // Another customer's code is not revealed to exist.
    private static string? RefusalOf(Voucher? voucher, VoucherUse use) =>
        voucher is null || voucher.CustomerId != use.CustomerId ? "there is no such voucher"
        : voucher.State == VoucherState.Used ? "the voucher is already used"
        : voucher.State == VoucherState.Disabled ? "the voucher is disabled"
        : null;

    private static VoucherRedemption Refused(string why) => new(Redeemed: false, AmountCents: 0, why);

    private async Task<Voucher?> FindAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<VoucherRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
        return row?.ToVoucher();
    }

    private async Task<IReadOnlyList<Voucher>> ListAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<VoucherRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToVoucher())];
    }

    private async Task<bool> IsActivatedAsync(Voucher voucher, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select activated_at is not null from vouchers.vouchers where voucher_id = @VoucherId",
                voucher,
                cancellationToken: cancellationToken
            )
        );
    }

    private static async Task<UseRow?> FindUseAsync(NpgsqlTransaction transaction, VoucherUse use, CancellationToken cancellationToken) =>
        await transaction.Connection!.QuerySingleOrDefaultAsync<UseRow>(
            new CommandDefinition(
                """select voucher_id as "VoucherId", given_back_at as "GivenBackAt", refusal as "Refusal" from vouchers.uses where order_id = @OrderId and attempt = @Attempt""",
                use,
                transaction,
                cancellationToken: cancellationToken
            )
        );

    /// <summary>False when another call for this attempt was quicker.</summary>
    private static async Task<bool> RefuseUseAsync(
        NpgsqlTransaction transaction,
        VoucherUse use,
        string refusal,
        CancellationToken cancellationToken
    ) =>
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                insert into vouchers.uses (order_id, attempt, given_back_at, refusal) values (@OrderId, @Attempt, now(), @refusal)
                on conflict do nothing
                """,
                new
                {
                    use.OrderId,
                    use.Attempt,
                    refusal,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        ) == 1;

    /// <summary>False when another use of the voucher, or another call for this attempt, was quicker.</summary>
    private static async Task<bool> ClaimUseAsync(
        NpgsqlTransaction transaction,
        VoucherUse use,
        Voucher voucher,
        CancellationToken cancellationToken
    ) =>
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                "insert into vouchers.uses (order_id, attempt, voucher_id, redeemed_at) values (@OrderId, @Attempt, @VoucherId, now()) on conflict do nothing",
                new
                {
                    use.OrderId,
                    use.Attempt,
                    voucher.VoucherId,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        ) == 1;

    /// <summary>Changes the state of the version that was read; false when somebody was quicker.</summary>
    private static async Task<bool> MoveAsync(
        NpgsqlTransaction transaction,
        Voucher voucher,
        VoucherState to,
        string cause,
        string actor,
        CancellationToken cancellationToken
    ) =>
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                with moved as (
                    update vouchers.vouchers set state = @to, version = version + 1, activated_at = coalesce(activated_at, now())
                    where voucher_id = @VoucherId and version = @Version
                    returning voucher_id, version)
                insert into vouchers.voucher_audit (voucher_id, version, from_state, to_state, event, actor)
                select voucher_id, version, @from, @to, @cause, @actor from moved
                """,
                new
                {
                    voucher.VoucherId,
                    voucher.Version,
                    from = Name(voucher.State),
                    to = Name(to),
                    cause,
                    actor,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        ) == 1;

    private static string Name(VoucherState state) => state.ToString().ToUpperInvariant();

    private sealed record VoucherRow(
        Guid VoucherId,
        Guid OrderId,
        Guid CustomerId,
        string Code,
        long AmountCents,
        string State,
        int Version,
        DateTime CreatedAt
    )
    {
        public Voucher ToVoucher() =>
            new(VoucherId, OrderId, CustomerId, Code, AmountCents, Enum.Parse<VoucherState>(State, ignoreCase: true), Version, CreatedAt);
    }

    private sealed record UseRow(Guid? VoucherId, DateTime? GivenBackAt, string? Refusal);
}
