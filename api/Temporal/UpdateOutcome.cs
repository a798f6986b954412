namespace TemporalDelivery.Api.Temporal;

/// <summary>What became of an update that was sent to a workflow.</summary>
/// <typeparam name="TView">What the workflow answers.</typeparam>
internal abstract record UpdateOutcome<TView>
{
    private UpdateOutcome() { }

    /// <summary>The workflow did it.</summary>
    public sealed record Done(TView View) : UpdateOutcome<TView>;

    /// <summary>The workflow refused it, by its validator or later.</summary>
    /// <param name="Code">For programs.</param>
    /// <param name="Reason">For people.</param>
    public sealed record Refused(string Code, string Reason) : UpdateOutcome<TView>;

    /// <summary>No workflow of that id is running: it has not been started, or it has closed.</summary>
    public sealed record NotRunning : UpdateOutcome<TView>;
}
