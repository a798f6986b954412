using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Database.Catalogue;

/// <summary>
/// The catalogue as everybody sees it, and as the shop's staff changes it: each change with its audit row, in one transaction.
/// </summary>
public sealed class ProductStore(NpgsqlDataSource source)
{
    /// <summary>The most of an article that can be on the shelf: what is with the partner may come back to it.</summary>
    public const int MaxOnHand = 1_000_000_000;

    /// <summary>Articles that are on sale, or those that are not, by SKU.</summary>
    public async Task<Page<StoredProduct, Sku>> ListAsync(bool onSale, Sku? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredProduct>(
            new CommandDefinition(
                ListSql(cursor is not null),
                new
                {
                    onSale,
                    lastSku = cursor?.Text,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredProduct, Sku>.From(rows.AsList(), limit, product => new Sku(product.Sku));
    }

    internal static string ListSql(bool continued) =>
        $"{ProductSql} where p.on_sale = @onSale {(continued ? "and p.sku > @lastSku" : "")} order by p.sku limit @count";

    /// <summary>The article, or null.</summary>
    public async Task<StoredProduct?> FindAsync(Sku sku, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, null, sku, cancellationToken);
    }

    /// <summary>Makes a change, with its audit row, unless something stands against it.</summary>
    public async Task<ProductOutcome> ChangeAsync(ProductChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var verdict =
            change is ProductChange.Put put && await CreateAsync(connection, transaction, put, cancellationToken)
                ? ProductVerdict.Created
                : await ChangeKnownAsync(connection, transaction, change, cancellationToken);
        var product = await FindAsync(connection, transaction, change.Sku, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(verdict, product);
    }

    // False when there is one, however young.
    private static async Task<bool> CreateAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ProductChange.Put put,
        CancellationToken cancellationToken
    ) =>
        put is { Kind: { } kind, MustExist: not true }
        && await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with made as (
                    insert into orders.products as p (sku, name, kind, price_cents, on_sale)
                    values (@Sku, @Name, @Kind, @PriceCents, @OnSale)
                    on conflict (sku) do nothing
                    returning sku, {PictureSql} as became, version
                ), stocked as (
                    insert into orders.stock (sku, on_hand) select sku, 0 from made
                )
                insert into orders.product_audit (sku, event, became, reason, actor, request, version)
                select sku, 'CREATED', became, @Reason, @Actor, @Request, version
                from made
                """,
                new
                {
                    Sku = put.Sku.Text,
                    put.Name,
                    Kind = kind.WireName(),
                    put.PriceCents,
                    put.OnSale,
                    put.Reason,
                    Actor = put.Actor.ToString(),
                    put.Request,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        ) == 1;

    private static async Task<ProductVerdict> ChangeKnownAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ProductChange change,
        CancellationToken cancellationToken
    )
    {
        // What changes is locked before it is looked at. Of the stock that is the row that reservations lock, too.
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"select from {(change is ProductChange.Put ? "orders.products" : "orders.stock")} where sku = @Text for no key update",
                new { change.Sku.Text },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var done = await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(
                "select event from orders.product_audit where request = @Request",
                new { change.Request },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (done is not null)
        {
            return done == "CREATED" ? ProductVerdict.Created : ProductVerdict.Changed;
        }

        var product = await FindAsync(connection, transaction, change.Sku, cancellationToken);
        var verdict = Judge(change, product);
        if (verdict == ProductVerdict.Changed && !IsSo(change, product!))
        {
            await ApplyAsync(connection, transaction, change, cancellationToken);
        }

        return verdict;
    }

    private static ProductVerdict Judge(ProductChange change, StoredProduct? product) =>
        (change, product) switch
        {
            (ProductChange.Put { MustExist: true }, null) => ProductVerdict.Outdated,
            (ProductChange.Put, null) => ProductVerdict.KindMissing,
            (_, null) => ProductVerdict.Unknown,
            (ProductChange.Put { MustExist: false }, _) => ProductVerdict.Outdated,
            (ProductChange.Put { MayChange: { } mayChange }, _) when !mayChange(product.Version) => ProductVerdict.Outdated,
            (ProductChange.Put { Kind: { } kind }, _) when kind.WireName() != product.Kind => ProductVerdict.OtherKind,
            (ProductChange.Stock stock, _) when product.Free + stock.Units < 0 => ProductVerdict.TooFew,
            (ProductChange.Stock stock, _) when product.OnHand + stock.Units > MaxOnHand => ProductVerdict.TooMany,
            _ => ProductVerdict.Changed,
        };

    private static bool IsSo(ProductChange change, StoredProduct product) =>
        change is ProductChange.Put put && (put.Name, put.PriceCents, put.OnSale) == (product.Name, product.PriceCents, product.OnSale);

    private static Task<int> ApplyAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ProductChange change,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            change switch
            {
                ProductChange.Put put => new CommandDefinition(
                    $"""
                    with was as (
                        select {PictureSql} as picture from orders.products p where p.sku = @Sku
                    ), changed as (
                        update orders.products p
                        set name = @Name, price_cents = @PriceCents, on_sale = @OnSale, version = p.version + 1
                        where p.sku = @Sku
                        returning {PictureSql} as picture, p.version
                    )
                    insert into orders.product_audit (sku, event, was, became, reason, actor, request, version)
                    select @Sku, 'CHANGED', was.picture, changed.picture, @Reason, @Actor, @Request, changed.version
                    from was cross join changed
                    """,
                    new
                    {
                        Sku = put.Sku.Text,
                        put.Name,
                        put.PriceCents,
                        put.OnSale,
                        put.Reason,
                        Actor = put.Actor.ToString(),
                        put.Request,
                    },
                    transaction,
                    cancellationToken: cancellationToken
                ),
                ProductChange.Stock stock => new CommandDefinition(
                    """
                    with changed as (
                        update orders.stock
                        set on_hand = on_hand + @Units, version = version + 1
                        where sku = @Sku
                        returning on_hand, version
                    )
                    insert into orders.product_audit (sku, event, was, became, stock_change, reason, actor, request, version)
                    select @Sku, case when @Units > 0 then 'RESTOCKED' else 'WRITTEN_OFF' end,
                        jsonb_build_object('onHand', on_hand - @Units), jsonb_build_object('onHand', on_hand), @Units, @Reason, @Actor,
                        @Request, version
                    from changed
                    """,
                    new
                    {
                        Sku = stock.Sku.Text,
                        stock.Units,
                        stock.Reason,
                        Actor = stock.Actor.ToString(),
                        stock.Request,
                    },
                    transaction,
                    cancellationToken: cancellationToken
                ),
                _ => throw new ArgumentOutOfRangeException(nameof(change), change, "no such change"),
            }
        );

    private static Task<StoredProduct?> FindAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        Sku sku,
        CancellationToken cancellationToken
    ) =>
        connection.QuerySingleOrDefaultAsync<StoredProduct>(
            new CommandDefinition($"{ProductSql} where p.sku = @Text", new { sku.Text }, transaction, cancellationToken: cancellationToken)
        );

    // The limit keeps the planner from reading the whole stock for a page of the catalogue.
    private const string ProductSql = """
        select p.sku, p.name, p.kind, p.price_cents, p.on_sale, p.version, coalesce(s.on_hand, 0) as on_hand,
            coalesce(s.reserved, 0) as reserved, coalesce(s.in_transit, 0) as in_transit, coalesce(s.version, 0) as stock_version
        from orders.products p
        left join lateral (
            select on_hand, reserved, in_transit, version from orders.stock where sku = p.sku limit 1
        ) s on true
        """;

    private const string PictureSql =
        "jsonb_build_object('name', p.name, 'kind', p.kind, 'priceCents', p.price_cents, 'onSale', p.on_sale)";
}
