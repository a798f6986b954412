using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Cancelling;

/// <summary>Asks the workflows of orders to cancel them, as the cancellations that are stored say.</summary>
internal sealed class OrderCancelling(Cancellations cancellations, WorkflowCalls workflows, ILogger<OrderCancelling> logger)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    // With time to say what came of it.
    private static readonly TimeSpan FirstLease = TimeSpan.FromSeconds(5);

    // What an undo waits for (a provider that is away) may last long.
    private static readonly Backoff Patient = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    /// <summary>Stores the cancellation and waits a moment for what becomes of it.</summary>
    /// <returns>Open when the workflow has not answered yet: <see cref="CancellationRelay"/> goes on asking it.</returns>
    public async Task<CancellationStanding> CancelAsync(OrderCancellation cancellation, CancellationToken cancellationToken)
    {
        var standing = await cancellations.RequestAsync(cancellation, FirstLease, cancellationToken);
        return standing is CancellationStanding.Open open ? await AskAsync(open.Cancellation, AtOnce, cancellationToken) : standing;
    }

    /// <summary>
    /// Asks the order's workflow, and stores what it answers. The cancellation's id is the update's: asked again it is the same.
    /// </summary>
    /// <param name="open">What is asked.</param>
    /// <param name="patience">How long to wait for an answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<CancellationStanding> AskAsync(OpenCancellation open, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (id, orderId, actor, reason) = open.Cancellation;
        var cancel = new CancelOrder(actor, reason);
        try
        {
            var outcome = await workflows.UpdateAsync(
                WorkflowIds.Order(orderId),
                (OrderWorkflow workflow) => workflow.CancelAsync(cancel),
                id,
                patience,
                cancellationToken
            );
            switch (outcome)
            {
                case UpdateOutcome<OrderView>.Done:
                    await cancellations.SettleAsync(id, refusal: null, cancellationToken);
                    return new CancellationStanding.Granted();
                case UpdateOutcome<OrderView>.Refused { Code: ActorProofInterceptor.ActorRefused } unproven:
                    // A worker that does not know our key (yet) has judged us, and not the cancellation.
                    return await PostponeAsync(open, unproven.Reason, cancellationToken);
                case UpdateOutcome<OrderView>.Refused refused:
                    await cancellations.SettleAsync(id, refused.Reason, cancellationToken);
                    return new CancellationStanding.Refused(refused.Reason);
                default:
                    return await PostponeAsync(open, "the order's workflow does not run", cancellationToken);
            }
        }
        catch (TemporalAwayException failure)
        {
            return await PostponeAsync(open, failure.Message, cancellationToken);
        }
    }

    private async Task<CancellationStanding> PostponeAsync(OpenCancellation open, string reason, CancellationToken cancellationToken)
    {
        var pause = Patient.After(open.Tries + 1);
        logger.LogWarning(
            "The cancellation of order {OrderId} is not answered ({Reason}); asking again in {Pause} s",
            open.Cancellation.OrderId,
            reason,
            pause.TotalSeconds
        );
        await cancellations.PostponeAsync(open.Cancellation.Id, pause, reason, cancellationToken);
        return new CancellationStanding.Open(open);
    }
}
