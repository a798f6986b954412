using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Catalogue;

/// <summary>What the rules of an order must know, read in one round trip.</summary>
public sealed class CatalogueReader(NpgsqlDataSource source)
{
    /// <summary>The facts about one customer and these SKUs.</summary>
    public async Task<OrderFacts> ReadFactsAsync(Guid customerId, IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                FactsSql,
                new { ids = new[] { customerId }, skus = skus.Distinct().ToArray() },
                cancellationToken: cancellationToken
            )
        );
        return (await ReadFactsAsync(results, [customerId]))[customerId];
    }

    /// <summary>The facts about each of the customers, known or not, from the results of <see cref="FactsSql"/>.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, OrderFacts>> ReadFactsAsync(
        SqlMapper.GridReader results,
        IReadOnlyCollection<Guid> customerIds
    )
    {
        var customers = (await results.ReadAsync<CustomerRow>()).ToDictionary(row => row.CustomerId);
        var items = (await results.ReadAsync<ProductRow>()).ToDictionary(
            row => row.Sku,
            row => new CatalogueItem(row.Sku, row.Name, row.PriceCents, WireNames.Parse<LineKind>(row.Kind), row.OnSale),
            StringComparer.Ordinal
        );
        return customerIds.ToDictionary(
            id => id,
            id => new OrderFacts(
                customers.ContainsKey(id),
                customers.GetValueOrDefault(id)?.Address is { } address ? Json.Read<Address>(address) : null,
                items
            )
        );
    }

    internal const string FactsSql = $"{CustomersSql}; {ProductsSql}";

    internal const string CustomersSql = "select customer_id, address::text as address from orders.customers where customer_id = any(@ids)";

    internal const string ProductsSql = "select sku, name, price_cents, kind, on_sale from orders.products where sku = any(@skus)";

    private sealed record CustomerRow(Guid CustomerId, string? Address);

    private sealed record ProductRow(string Sku, string Name, long PriceCents, string Kind, bool OnSale);
}
