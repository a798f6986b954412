namespace Temporal.Server.History.Chains;

/// <summary>Deletes a run on demand.</summary>
internal static class RunDeletion
{
    /// <summary>Marks a run for deletion; an open one is terminated first, so that its parent and children hear of that.</summary>
    public static void Delete(this Transition t)
    {
        if (t.State.IsOpen)
        {
            t.Terminate("Delete workflow execution", details: null, identity: "history-service");
        }

        t.State.ToDelete = true;
        t.Touch();
    }
}
