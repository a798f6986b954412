namespace TemporalDelivery.Worker.Modules;

/// <summary>How much a Temporal worker does at once, sized by the connections to the database that its process has.</summary>
/// <param name="LocalActivities">
/// They work in the database alone and have two seconds in all, so those of the two busy queues, orders and deliveries, never have to wait
/// for each other's connections: a third of the connections for each.
/// </param>
/// <param name="Activities">They mostly wait for other systems, so that all of them together can do with the last third.</param>
/// <param name="WorkflowTasks">Each holds its slot while its local activities run, and needs the processor otherwise.</param>
internal sealed record WorkerSlots(int LocalActivities, int Activities, int WorkflowTasks)
{
    // The projector, the relays, the readers of the outbox, the senders and the expiry use a connection each, now and then.
    private const int Loops = 12;

    /// <summary>The slots of each worker of a process that has so many connections.</summary>
    public static WorkerSlots Of(int connections)
    {
        var local = Math.Max(1, (connections - Loops) / 3);
        return new(local, Math.Max(1, connections), 4 + 2 * local);
    }
}
