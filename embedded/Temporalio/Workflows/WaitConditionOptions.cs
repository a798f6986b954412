namespace Temporalio.Workflows;

/// <summary>Options of waiting for a condition.</summary>
public class WaitConditionOptions : ICloneable
{
    /// <summary>Initializes a new instance of the <see cref="WaitConditionOptions" /> class whose condition never holds.</summary>
    public WaitConditionOptions()
        : this(() => false)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WaitConditionOptions" /> class.</summary>
    /// <param name="conditionCheck">See <see cref="ConditionCheck" />.</param>
    /// <param name="timeout">See <see cref="Timeout" />.</param>
    /// <param name="timeoutSummary">See <see cref="TimeoutSummary" />.</param>
    /// <param name="cancellationToken">See <see cref="CancellationToken" />.</param>
    public WaitConditionOptions(
        Func<bool> conditionCheck,
        TimeSpan? timeout = null,
        string? timeoutSummary = null,
        CancellationToken? cancellationToken = null)
    {
        ConditionCheck = conditionCheck;
        Timeout = timeout;
        TimeoutSummary = timeoutSummary;
        CancellationToken = cancellationToken;
    }

    /// <summary>Gets or sets the condition. It is called often and must change nothing.</summary>
    public Func<bool> ConditionCheck { get; set; }

    /// <summary>Gets or sets the longest wait; null means no limit.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gets or sets a one-line summary of the time-out's timer.</summary>
    public string? TimeoutSummary { get; set; }

    /// <summary>Gets or sets the token that cancels the wait; null means the workflow's own.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
