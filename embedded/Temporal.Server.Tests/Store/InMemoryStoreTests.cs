using Temporal.Server.Store;

namespace Temporal.Server.Tests.Store;

/// <summary>The in-memory store keeps the contract.</summary>
public sealed class InMemoryStoreTests : ExecutionStoreContract
{
    protected override Task<IExecutionStore> CreateAsync() => Task.FromResult<IExecutionStore>(new InMemoryStore());
}
