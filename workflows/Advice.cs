using Temporalio.Workflows;

namespace TemporalDelivery.Workflows;

/// <summary>What workflows tell those who send them messages that cannot be read.</summary>
public static class Advice
{
    /// <summary>
    /// Which values a member of a message may have now, by the workflow that is just running; null where there is none, or it does not
    /// know.
    /// </summary>
    public static IReadOnlyList<string>? AllowedNow(Type message, string member) =>
        Workflow.InWorkflow && Workflow.Instance is IAdvisor advisor ? advisor.AllowedNow(message, member) : null;
}
