namespace Temporal.Server.Store;

/// <summary>Names a durable record.</summary>
/// <param name="NamespaceId">The namespace's id, a UUID as text.</param>
/// <param name="Kind">What it is a record of, such as "schedule".</param>
/// <param name="Id">Its id among those of its kind in the namespace.</param>
public readonly record struct RecordKey(string NamespaceId, string Kind, string Id);

/// <summary>
/// The whole state of something that is no run (a schedule, a batch operation): one value that each write replaces. What it refers to
/// outside of itself it refers to idempotently, so it needs no transaction with runs.
/// </summary>
/// <param name="Key">Its name.</param>
/// <param name="Version">1 with the write that creates it, one more with every other.</param>
/// <param name="Data">Its content, opaque to the store.</param>
public sealed record DurableRecord(RecordKey Key, long Version, ReadOnlyMemory<byte> Data);
