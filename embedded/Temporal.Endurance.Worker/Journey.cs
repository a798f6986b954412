namespace Temporal.Endurance.Worker;

/// <summary>A journey to make, or what is left of it.</summary>
/// <param name="Number">Which.</param>
/// <param name="Pause">How long each leg rests.</param>
public sealed record Journey(int Number, TimeSpan Pause)
{
    /// <summary>The leg at hand, from 1.</summary>
    public int Leg { get; init; } = 1;

    /// <summary>Signals that earlier legs received.</summary>
    public IReadOnlyList<int> Signals { get; init; } = [];

    /// <summary>The name given in an earlier leg.</summary>
    public string? Name { get; init; }

    /// <summary>What earlier legs' activities returned, added up.</summary>
    public int Sum { get; init; }
}

/// <summary>What a journey comes to.</summary>
/// <param name="Number">Which.</param>
/// <param name="Name">The name that it was given.</param>
/// <param name="Signals">The signals that it received, in order and once each.</param>
/// <param name="Sum">What its activities returned, added up.</param>
public sealed record JourneyResult(int Number, string Name, IReadOnlyList<int> Signals, int Sum);
