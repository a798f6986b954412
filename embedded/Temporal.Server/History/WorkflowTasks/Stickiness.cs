namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Whether a run's workflow tasks go to the worker that has the run in its cache.</summary>
internal static class Stickiness
{
    /// <summary>Forgets the worker that has the run in its cache: the next workflow task is for any.</summary>
    public static void ForgetStickyWorker(this Transition t)
    {
        if (t.State.StickyQueue.Length > 0)
        {
            t.State.StickyQueue = "";
            t.TouchUnseen();
        }
    }
}
