using System.Collections.Concurrent;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;

namespace Temporal.Server.Namespaces;

/// <summary>The namespaces, in memory; changes go through to the store.</summary>
internal sealed class NamespaceRegistry(IExecutionStore store)
{
    private readonly ConcurrentDictionary<string, NamespaceRecord> byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NamespaceRecord> byId = new(StringComparer.Ordinal);
    private SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>All namespaces by name.</summary>
    public IReadOnlyList<NamespaceRecord> All => [.. byName.Values.OrderBy(record => record.Name, StringComparer.Ordinal)];

    /// <summary>Reads them from the store and adds those that must exist.</summary>
    public async Task LoadAsync(
        IEnumerable<string> names,
        IReadOnlyDictionary<string, IndexedValueType> searchAttributes,
        CancellationToken cancellationToken
    )
    {
        foreach (var record in await store.ReadNamespacesAsync(cancellationToken).ConfigureAwait(false))
        {
            Remember(record);
        }

        foreach (var name in names)
        {
            if (!byName.TryGetValue(name, out var record))
            {
                await RegisterAsync(New(name) with { SearchAttributes = searchAttributes }, cancellationToken).ConfigureAwait(false);
            }
            else if (searchAttributes.Any(pair => !record.SearchAttributes.ContainsKey(pair.Key)))
            {
                await ChangeAsync(
                        name,
                        old =>
                            old with
                            {
                                SearchAttributes = old
                                    .SearchAttributes.Concat(searchAttributes.Where(pair => !old.SearchAttributes.ContainsKey(pair.Key)))
                                    .ToDictionary(StringComparer.Ordinal),
                            },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>A new namespace's record with defaults.</summary>
    public static NamespaceRecord New(string name) => new() { Id = Guid.NewGuid().ToString(), Name = name };

    /// <summary>A namespace by its name.</summary>
    /// <exception cref="RpcException">NotFound, or InvalidArgument for an empty name.</exception>
    public NamespaceRecord Require(string name)
    {
        if (name.Length == 0)
        {
            throw RpcException.InvalidArgument("Namespace not set on request.");
        }

        return byName.TryGetValue(name, out var record) ? record : throw NotFound(name);
    }

    /// <summary>A namespace by its id.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public NamespaceRecord RequireId(string id) => byId.TryGetValue(id, out var record) ? record : throw NotFound(id);

    /// <summary>A namespace by its name, or null.</summary>
    public NamespaceRecord? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Adds a namespace.</summary>
    /// <exception cref="RpcException">AlreadyExists.</exception>
    public async Task RegisterAsync(NamespaceRecord record, CancellationToken cancellationToken)
    {
        await Writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (byName.ContainsKey(record.Name))
            {
                throw new RpcException(StatusCode.AlreadyExists, "Namespace already exists.", new NamespaceAlreadyExistsFailure());
            }

            await store.WriteNamespaceAsync(record, cancellationToken).ConfigureAwait(false);
            Remember(record);
        }
        finally
        {
            Writing.Release();
        }
    }

    /// <summary>Changes a namespace.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public async Task<NamespaceRecord> ChangeAsync(
        string name,
        Func<NamespaceRecord, NamespaceRecord> change,
        CancellationToken cancellationToken
    )
    {
        await Writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var changed = change(Require(name));
            await store.WriteNamespaceAsync(changed, cancellationToken).ConfigureAwait(false);
            Remember(changed);
            return changed;
        }
        finally
        {
            Writing.Release();
        }
    }

    private static RpcException NotFound(string name) =>
        new(StatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });

    private void Remember(NamespaceRecord record)
    {
        byName[record.Name] = record;
        byId[record.Id] = record;
    }
}
