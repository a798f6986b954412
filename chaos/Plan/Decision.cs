namespace TemporalDelivery.Chaos.Plan;

/// <summary>What an operator does about a delivery that failed.</summary>
internal enum Decision
{
    Redeliver,
    Cancel,
    ConfirmWithProof,

    /// <summary>Nothing, so that a task stays open for the audit to find.</summary>
    Nothing,
}
