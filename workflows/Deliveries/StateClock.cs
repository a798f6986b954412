using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>How long a delivery has been in its state, and when that ends by itself.</summary>
/// <param name="options">How long nothing may happen, where that differs from what the graph says.</param>
internal sealed class StateClock(DeliveryOptions options)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Since when.</summary>
    public DateTime EnteredAt { get; private set; }

    /// <summary>When the customer was told of what happens by itself; null when that was not done in this state.</summary>
    public DateTime? RemindedAt { get; private set; }

    /// <summary>The state is entered now.</summary>
    public void Enter() => Restore(Workflow.UtcNow, null);

    /// <summary>Takes over what another run's clock said.</summary>
    public void Restore(DateTime enteredAt, DateTime? remindedAt) => (EnteredAt, RemindedAt) = (enteredAt, remindedAt);

    /// <summary>The customer is told now. Whoever is told has as long to answer as the graph says, however late that is.</summary>
    public void Remind() => RemindedAt = Workflow.UtcNow;

    /// <summary>When a state that is entered now ends by itself; null when it does not.</summary>
    public DateTime? EndOf(DeliveryNode node) => node.Silence is { } silence ? Workflow.UtcNow + AfterOf(node.State, silence) : null;

    /// <summary>Whether the state has a reminder that has not come yet.</summary>
    public bool IsReminderAhead(DeliverySilence silence) => silence.RemindAfter is not null && RemindedAt is null;

    /// <summary>What is left until the reminder, if it is ahead, or else until the state ends by itself; never nothing.</summary>
    public TimeSpan TimeLeft(DeliveryState state, DeliverySilence silence)
    {
        var after = AfterOf(state, silence);
        var end = EnteredAt + after;
        if (silence.RemindAfter is { } remindAfter)
        {
            // Where another time is configured, the reminder keeps its place in it.
            var toAnswer = after * (1 - (remindAfter / silence.After));
            end =
                RemindedAt is not { } reminded ? end - toAnswer
                : end > reminded + toAnswer ? end
                : reminded + toAnswer;
        }

        var left = end - Workflow.UtcNow;
        return left > ShortestWait ? left : ShortestWait;
    }

    private TimeSpan AfterOf(DeliveryState state, DeliverySilence silence) =>
        options.SilenceAfter?.TryGetValue(state, out var configured) == true ? configured : silence.After;
}
