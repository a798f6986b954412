namespace Temporalio.Workflows;

/// <summary>Options of a timer.</summary>
public class DelayOptions : ICloneable
{
    /// <summary>Initializes a new instance of the <see cref="DelayOptions" /> class with no delay.</summary>
    public DelayOptions()
        : this(TimeSpan.Zero)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="DelayOptions" /> class.</summary>
    /// <param name="millisecondsDelay">See <see cref="Delay" />, in milliseconds.</param>
    /// <param name="summary">See <see cref="Summary" />.</param>
    /// <param name="cancellationToken">See <see cref="CancellationToken" />.</param>
    public DelayOptions(int millisecondsDelay, string? summary = null, CancellationToken? cancellationToken = null)
        : this(TimeSpan.FromMilliseconds(millisecondsDelay), summary, cancellationToken)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="DelayOptions" /> class.</summary>
    /// <param name="delay">See <see cref="Delay" />.</param>
    /// <param name="summary">See <see cref="Summary" />.</param>
    /// <param name="cancellationToken">See <see cref="CancellationToken" />.</param>
    public DelayOptions(TimeSpan delay, string? summary = null, CancellationToken? cancellationToken = null)
    {
        Delay = delay;
        Summary = summary;
        CancellationToken = cancellationToken;
    }

    /// <summary>
    /// Gets or sets how long to wait. Zero means one millisecond, <see cref="Timeout.InfiniteTimeSpan" /> means until
    /// canceled (no timer is started); other negative values are refused.
    /// </summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Gets or sets a one-line summary in Markdown, shown in user interfaces.</summary>
    public string? Summary { get; set; }

    /// <summary>Gets or sets the token that cancels the timer; null means the workflow's own.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
