namespace TemporalDelivery.Simulators.Demo;

/// <summary>Where the audience watches.</summary>
internal interface IStage
{
    /// <summary>Shows the plays while <paramref name="run"/> runs; it is given what to call when one has changed.</summary>
    public Task ShowAsync(Func<Action<Play>, Task> run, Func<IReadOnlyList<Play>> plays);
}
