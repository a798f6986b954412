namespace TemporalDelivery.Workflows.Operators;

/// <summary>What closes an operator task.</summary>
public enum OperatorDecision
{
    /// <summary>An operator's word that it is settled.</summary>
    Word,

    /// <summary>The delivery's update <c>Resolve</c>.</summary>
    Resolve,

    /// <summary>The workflow's update <c>ReleaseStep</c>.</summary>
    ReleaseStep,
}
