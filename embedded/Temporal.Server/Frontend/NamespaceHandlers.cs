using Temporal.Server.History;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.Replication.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Namespaces and their search attributes.</summary>
internal sealed class NamespaceHandlers(NamespaceRegistry namespaces, WorkflowLimits limits)
{
    private const string ClusterName = "active";

    /// <summary>Describes a namespace by name or id.</summary>
    public Task<DescribeNamespaceResponse> DescribeAsync(DescribeNamespaceRequest request, RpcContext context) =>
        Task.FromResult(Describe(request.Id.Length > 0 ? namespaces.RequireId(request.Id) : namespaces.Require(request.Namespace)));

    /// <summary>Lists all namespaces.</summary>
    public Task<ListNamespacesResponse> ListAsync(ListNamespacesRequest request, RpcContext context) =>
        Task.FromResult(new ListNamespacesResponse { Namespaces = { namespaces.All.Select(Describe) } });

    /// <summary>Creates a namespace.</summary>
    public async Task<RegisterNamespaceResponse> RegisterAsync(RegisterNamespaceRequest request, RpcContext context)
    {
        var retention = Requests.RequireNotNegative(request.WorkflowExecutionRetentionPeriod, "WorkflowExecutionRetentionPeriod");
        var record = NamespaceRegistry.New(Requests.RequireName(limits, request.Namespace, "Namespace")) with
        {
            Description = request.Description,
            OwnerEmail = request.OwnerEmail,
            Retention = retention > TimeSpan.Zero ? retention : TimeSpan.FromDays(1),
            Data = request.Data.ToDictionary(StringComparer.Ordinal),
        };
        await namespaces.RegisterAsync(record, context.CancellationToken).ConfigureAwait(false);
        return new RegisterNamespaceResponse();
    }

    /// <summary>Changes a namespace's description, owner, data and retention.</summary>
    public async Task<UpdateNamespaceResponse> UpdateAsync(UpdateNamespaceRequest request, RpcContext context)
    {
        var record = await namespaces
            .ChangeAsync(
                request.Namespace,
                old =>
                    old with
                    {
                        Description = request.UpdateInfo is null ? old.Description : request.UpdateInfo.Description,
                        OwnerEmail = request.UpdateInfo is null ? old.OwnerEmail : request.UpdateInfo.OwnerEmail,
                        Data = request.UpdateInfo is null
                            ? old.Data
                            : old
                                .Data.Concat(request.UpdateInfo.Data)
                                .GroupBy(pair => pair.Key)
                                .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal),
                        Retention = request.Config?.WorkflowExecutionRetentionTtl is { } ttl
                            ? Requests.RequireNotNegative(ttl, "WorkflowExecutionRetentionTtl")
                            : old.Retention,
                    },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        var described = Describe(record);
        return new UpdateNamespaceResponse
        {
            NamespaceInfo = described.NamespaceInfo,
            Config = described.Config,
            ReplicationConfig = described.ReplicationConfig,
        };
    }

    /// <summary>The search attributes of the server at large.</summary>
    public Task<GetSearchAttributesResponse> GetSearchAttributesAsync(GetSearchAttributesRequest request, RpcContext context)
    {
        var reply = new GetSearchAttributesResponse();
        foreach (var (name, type) in SearchAttributeCatalogue.Predefined.Concat(namespaces.All.SelectMany(space => space.SearchAttributes)))
        {
            reply.Keys[name] = type;
        }

        return Task.FromResult(reply);
    }

    /// <summary>Adds custom search attributes to a namespace.</summary>
    public async Task<AddSearchAttributesResponse> AddSearchAttributesAsync(AddSearchAttributesRequest request, RpcContext context)
    {
        await namespaces
            .ChangeAsync(
                request.Namespace,
                old =>
                {
                    var merged = old.SearchAttributes.ToDictionary(StringComparer.Ordinal);
                    foreach (var (name, type) in request.SearchAttributes)
                    {
                        if (
                            SearchAttributeCatalogue.Predefined.ContainsKey(name)
                            || SearchAttributeCatalogue.System.ContainsKey(name)
                            || type == IndexedValueType.Unspecified
                        )
                        {
                            throw RpcException.InvalidArgument($"Search attribute {name} is reserved by system or has no type.");
                        }

                        if (!Enum.IsDefined(type))
                        {
                            throw RpcException.InvalidArgument($"Unknown search attribute type: {type}.");
                        }

                        if (merged.TryGetValue(name, out var before) && before != type)
                        {
                            throw new RpcException(StatusCode.AlreadyExists, $"Search attribute {name} already exists with type {before}.");
                        }

                        merged[name] = type;
                    }

                    return old with
                    {
                        SearchAttributes = merged,
                    };
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new AddSearchAttributesResponse();
    }

    /// <summary>Removes custom search attributes from a namespace.</summary>
    public async Task<RemoveSearchAttributesResponse> RemoveSearchAttributesAsync(RemoveSearchAttributesRequest request, RpcContext context)
    {
        await namespaces
            .ChangeAsync(
                request.Namespace,
                old =>
                    old with
                    {
                        SearchAttributes = old
                            .SearchAttributes.Where(pair => !request.SearchAttributes.Contains(pair.Key))
                            .ToDictionary(StringComparer.Ordinal),
                    },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new RemoveSearchAttributesResponse();
    }

    /// <summary>The search attributes of a namespace.</summary>
    public Task<ListSearchAttributesResponse> ListSearchAttributesAsync(ListSearchAttributesRequest request, RpcContext context)
    {
        var reply = new ListSearchAttributesResponse();
        reply.CustomAttributes.Add(namespaces.Require(request.Namespace).SearchAttributes.ToDictionary());
        reply.SystemAttributes.Add(SearchAttributeCatalogue.System.Concat(SearchAttributeCatalogue.Predefined).ToDictionary());
        return Task.FromResult(reply);
    }

    private DescribeNamespaceResponse Describe(NamespaceRecord record) =>
        new()
        {
            NamespaceInfo = new NamespaceInfo
            {
                Name = record.Name,
                Id = record.Id,
                State = NamespaceState.Registered,
                Description = record.Description,
                OwnerEmail = record.OwnerEmail,
                Data = { record.Data.ToDictionary() },
                Capabilities = new NamespaceInfo.Types.Capabilities
                {
                    EagerWorkflowStart = true,
                    SyncUpdate = true,
                    AsyncUpdate = true,
                    WorkerPollCompleteOnShutdown = true,
                    WorkerHeartbeats = true,
                    PollerAutoscaling = true,
                },
                Limits = new NamespaceInfo.Types.Limits { BlobSizeLimitError = limits.BlobBytes, MemoSizeLimitError = limits.MemoBytes },
            },
            Config = new NamespaceConfig
            {
                WorkflowExecutionRetentionTtl = record.Retention.ToProto(),
                HistoryArchivalState = ArchivalState.Disabled,
                VisibilityArchivalState = ArchivalState.Disabled,
            },
            ReplicationConfig = new NamespaceReplicationConfig
            {
                ActiveClusterName = ClusterName,
                Clusters = { new ClusterReplicationConfig { ClusterName = ClusterName } },
            },
        };
}
