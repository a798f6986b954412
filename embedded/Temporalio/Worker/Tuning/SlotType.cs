namespace Temporalio.Worker.Tuning;

/// <summary>Kinds of slots.</summary>
public enum SlotType
{
    /// <summary>Workflow tasks.</summary>
    Workflow,

    /// <summary>Activities.</summary>
    Activity,

    /// <summary>Local activities.</summary>
    LocalActivity,

    /// <summary>Nexus operations.</summary>
    NexusOperation,
}
