using Microsoft.Extensions.Logging.Abstractions;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>The PostgreSQL store keeps the contract.</summary>
public sealed class PostgresStoreTests : ExecutionStoreContract
{
    private TestDatabase? database;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<IExecutionStore> CreateAsync()
    {
        database = await TestDatabase.CreateAsync(Cancellation);
        return new PostgresStore(
            new PostgresStoreOptions { ConnectionString = database.ConnectionString },
            NullLogger<PostgresStore>.Instance
        );
    }
}
