namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>How tables and workflows are compared. Configuration section <c>Reconciliation</c>.</summary>
public sealed record ReconciliationOptions
{
    /// <summary>What has changed less long ago is under way, and is not compared.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a pass is made.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How far back the books of the payment provider and the delivery partner are compared.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(24);
}
