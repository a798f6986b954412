namespace TemporalDelivery.Tests.Processes;

/// <summary>In what a shop differs from one that is told nothing.</summary>
public sealed record ShopSettings
{
    /// <summary>More arguments of the partner's simulator.</summary>
    public IReadOnlyList<string> Partner { get; init; } = [];

    /// <summary>More arguments of the payment provider's simulator.</summary>
    public IReadOnlyList<string> Payments { get; init; } = [];

    /// <summary>More arguments of the API's host, which also says how long orders wait.</summary>
    public IReadOnlyList<string> Api { get; init; } = [];

    /// <summary>More arguments of the worker's host.</summary>
    public IReadOnlyList<string> Worker { get; init; } = [];

    /// <summary>Where Temporal keeps its workflows.</summary>
    public TemporalStore Store { get; init; } = TemporalStore.Postgres;

    /// <summary>A folder in which ledgers and logs outlive the shop; null: they are forgotten with it.</summary>
    public string? KeepIn { get; init; }
}
