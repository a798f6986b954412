using Google.Protobuf;
using Temporal.Server.Store;
using Temporalio.Api.TaskQueue.V1;

namespace Temporal.Server.Matching;

/// <summary>What operators set for task queues: how many tasks a second they hand out, and the weights of fairness keys. Kept in the store, and by those queues.</summary>
internal sealed class TaskQueueConfigs(IExecutionStore store, TaskQueues queues) : IDisposable
{
    private const string Kind = "task queue";

    private SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>Reads them from the store and applies them.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var stored in store.ReadRecordsAsync(Kind, cancellationToken).ConfigureAwait(false))
        {
            Apply(KeyOf(stored.Key), TaskQueueConfig.Parser.ParseFrom(stored.Data.Span));
        }
    }

    /// <summary>Changes the configuration of a queue.</summary>
    public async Task<TaskQueueConfig> ChangeAsync(TaskQueueKey key, Action<TaskQueueConfig> change, CancellationToken cancellationToken)
    {
        await Writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // As stored, so that a write whose outcome was unknown is taken into account.
            var stored = await store.ReadRecordAsync(KeyOf(key), cancellationToken).ConfigureAwait(false);
            var config = stored is null ? new TaskQueueConfig() : TaskQueueConfig.Parser.ParseFrom(stored.Data.Span);
            change(config);
            await store.WriteRecordAsync(new DurableRecord(KeyOf(key), (stored?.Version ?? 0) + 1, config.ToByteArray()), cancellationToken).ConfigureAwait(false);
            Apply(key, config);
            return config;
        }
        finally
        {
            Writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Writing.Dispose();

    private static RecordKey KeyOf(TaskQueueKey key) => new(key.NamespaceId, Kind, $"{key.Kind}/{key.Name}");

    private static TaskQueueKey KeyOf(RecordKey key)
    {
        var slash = key.Id.IndexOf('/', StringComparison.Ordinal);
        return new TaskQueueKey(key.NamespaceId, Enum.Parse<TaskQueueKeyKind>(key.Id[..slash]), key.Id[(slash + 1)..]);
    }

    private void Apply(TaskQueueKey key, TaskQueueConfig config)
    {
        // A queue that retires at this moment makes room for another of its name.
        while (!queues.Get(key).Configure(config))
        {
            queues.Forget(key);
        }
    }
}
