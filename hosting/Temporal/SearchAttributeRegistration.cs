using Temporalio.Api.Enums.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>Makes search attributes known to a namespace.</summary>
public static class SearchAttributeRegistration
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <summary>Adds those that are missing. Returns when the namespace has them all.</summary>
    /// <exception cref="InvalidOperationException">Some are missing and may not be added, or are of another type; the message says what to
    /// do.</exception>
    public static async Task RegisterAsync(
        ITemporalClient client,
        IReadOnlyCollection<SearchAttributeKey> attributes,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(attributes);
        var missing = await MissingAsync(client, attributes, cancellationToken);
        if (missing.Count == 0)
        {
            return;
        }

        try
        {
            var request = new AddSearchAttributesRequest { Namespace = client.Options.Namespace };
            request.SearchAttributes.Add(missing.ToDictionary(key => key.Name, key => key.ValueType));
            await client.Connection.OperatorService.AddSearchAttributesAsync(request, Rpc(cancellationToken));
        }
        catch (RpcException refusal)
            when (refusal.Code is RpcException.StatusCode.PermissionDenied or RpcException.StatusCode.Unimplemented)
        {
            throw new InvalidOperationException(
                $"the namespace lacks search attributes that this process may not add: temporal operator search-attribute create {Arguments(missing)}",
                refusal
            );
        }
        catch (RpcException refusal) when (refusal.Code == RpcException.StatusCode.AlreadyExists)
        {
            // Another process has just added them.
        }

        missing = await MissingAsync(client, attributes, cancellationToken);
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"the namespace does not have these search attributes yet: {Names(missing)}");
        }
    }

    private static async Task<IReadOnlyList<SearchAttributeKey>> MissingAsync(
        ITemporalClient client,
        IReadOnlyCollection<SearchAttributeKey> attributes,
        CancellationToken cancellationToken
    )
    {
        var known = (
            await client.Connection.OperatorService.ListSearchAttributesAsync(
                new ListSearchAttributesRequest { Namespace = client.Options.Namespace },
                Rpc(cancellationToken)
            )
        ).CustomAttributes;
        foreach (var key in attributes)
        {
            if (known.TryGetValue(key.Name, out var type) && type != key.ValueType)
            {
                throw new InvalidOperationException(
                    $"the namespace has the search attribute {key.Name} as {type}, and it has to be {key.ValueType}"
                );
            }
        }

        return [.. attributes.Where(key => !known.ContainsKey(key.Name))];
    }

    private static string Arguments(IReadOnlyList<SearchAttributeKey> keys) =>
        string.Join(' ', keys.Select(key => $"--name {key.Name} --type {key.ValueType}"));

    private static string Names(IReadOnlyList<SearchAttributeKey> keys) => string.Join(", ", keys.Select(key => key.Name));

    private static RpcOptions Rpc(CancellationToken cancellationToken) => new() { Timeout = Answer, CancellationToken = cancellationToken };
}
