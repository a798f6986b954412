namespace TemporalDelivery.Worker.Relays;

/// <summary>How long records are kept that are settled. Configuration section <c>Retention</c>.</summary>
internal sealed record RetentionOptions
{
    /// <summary>Requests with an idempotency key, and the answers to them.</summary>
    public TimeSpan Keys { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Events of others, from when they were handed on.</summary>
    public TimeSpan Inbox { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Events for others, from when they were published. What a reader has not passed stays longer.</summary>
    public TimeSpan Outbox { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Operator tasks with their notes, from when they were closed.</summary>
    public TimeSpan Tasks { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Mails to customers, from when they were sent or given up.</summary>
    public TimeSpan Mails { get; init; } = TimeSpan.FromDays(30);
}
