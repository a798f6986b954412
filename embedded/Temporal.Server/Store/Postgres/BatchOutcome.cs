namespace Temporal.Server.Store.Postgres;

/// <summary>What became of a batch.</summary>
/// <param name="IsFenced">Another server owns the database: nothing of the batch was written, nor will it be.</param>
/// <param name="Conflicts">The commits whose condition did not hold, and why; the others are durable.</param>
internal sealed record BatchOutcome(bool IsFenced, IReadOnlyDictionary<int, string> Conflicts)
{
    public static readonly BatchOutcome Fenced = new(true, new Dictionary<int, string>());

    public static BatchOutcome Written(IReadOnlyDictionary<int, string> conflicts) => new(false, conflicts);
}
