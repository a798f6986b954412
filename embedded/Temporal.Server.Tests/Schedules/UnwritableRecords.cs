using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;

namespace Temporal.Server.Tests.Schedules;

/// <summary>A store that takes commits of runs but no durable records.</summary>
internal sealed class UnwritableRecords(IExecutionStore inner) : ForwardingStore(inner)
{
    public override Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken) =>
        Task.FromException(new IOException("No records today."));

    public override Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        Task.FromException(new IOException("No records today."));
}
