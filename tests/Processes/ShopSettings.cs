namespace TemporalDelivery.Tests.Processes;

/// <summary>In what a shop differs from one that is told nothing.</summary>
public sealed record ShopSettings
{
    /// <summary>A shop whose partner loses nothing.</summary>
    /// <param name="pace">How long the partner takes for each step and the payment provider for a pending charge.</param>
    /// <param name="disorder">Share of the partner's events that come twice, and of deliveries whose pickup is told last.</param>
    public static ShopSettings Of(TimeSpan pace, double disorder) =>
        new()
        {
            Partner = ["--FailureRate=0", $"--Pace={pace}", $"--DuplicateRate={disorder}", $"--DisorderRate={disorder}"],
            Payments = [$"--Pace={pace}"],
        };

    /// <summary>More arguments of the partner's simulator.</summary>
    public IReadOnlyList<string> Partner { get; init; } = [];

    /// <summary>More arguments of the payment provider's simulator.</summary>
    public IReadOnlyList<string> Payments { get; init; } = [];

    /// <summary>More arguments of the API's host, which also says how long orders wait.</summary>
    public IReadOnlyList<string> Api { get; init; } = [];

    /// <summary>More arguments of the worker's host.</summary>
    public IReadOnlyList<string> Worker { get; init; } = [];

    /// <summary>The message broker, for the worker; null: there is none.</summary>
    public string? BrokerUrl { get; init; }

    /// <summary>Where Temporal keeps its workflows.</summary>
    public TemporalStore Store { get; init; } = TemporalStore.Postgres;

    /// <summary>A folder in which ledgers and logs outlive the shop; null: they are forgotten with it.</summary>
    public string? KeepIn { get; init; }
}
