namespace TemporalDelivery.Chaos.Meddling;

/// <summary>What was done to a workflow with Temporal's own tools, or about a task that came of it.</summary>
internal enum Act
{
    /// <summary>Its run was terminated.</summary>
    Terminate,

    /// <summary>It was reset, to its first or to its last workflow task.</summary>
    Reset,

    /// <summary>It was asked to cancel.</summary>
    Cancel,

    /// <summary>It was sent a signal that nobody understands: nothing may come of that.</summary>
    Garble,

    /// <summary>It was sent an update when it had ended: nothing may come of that.</summary>
    Disturb,

    /// <summary>The clerk had the order undone that had lost its run.</summary>
    Undo,

    /// <summary>The clerk had the order resumed that had lost its run.</summary>
    Resume,
}
