using Dapper;
using Npgsql;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>What is known about a request to accept orders.</summary>
/// <param name="Key">Whether its idempotency key was used before.</param>
/// <param name="Facts">What the rules must know, for each customer of the request.</param>
public sealed record IntakeFacts(KeyLookup Key, IReadOnlyDictionary<Guid, OrderFacts> Facts);

/// <summary>Reads what must be known before orders are accepted, in one round trip.</summary>
public sealed class IntakeReader(NpgsqlDataSource source)
{
    /// <summary>Reads it.</summary>
    /// <param name="request">The request's idempotency key, if it bears one.</param>
    /// <param name="customerIds">The customers of its orders, known or not.</param>
    /// <param name="skus">The articles of its orders, known or not.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IntakeFacts> ReadAsync(
        IdempotentRequest? request,
        IEnumerable<Guid> customerIds,
        IEnumerable<string> skus,
        CancellationToken cancellationToken
    )
    {
        var ids = customerIds.Distinct().ToArray();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                request is null ? CatalogueReader.FactsSql : $"{IdempotencyKeys.FindSql}; {CatalogueReader.FactsSql}",
                new
                {
                    ids,
                    skus = skus.Distinct().ToArray(),
                    request?.Scope,
                    request?.Key,
                },
                cancellationToken: cancellationToken
            )
        );
        var key = request is null ? new KeyLookup.Unused() : (await results.ReadSingleOrDefaultAsync<KeptAnswer>()).ToLookup(request);
        return new(key, await CatalogueReader.ReadFactsAsync(results, ids));
    }
}
