using TemporalDelivery.Database.Orders;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Failures;

/// <summary>Tells Temporal what no repetition mends.</summary>
static class Bugs
{
    /// <summary>Runs the step; a state that the workflow does not expect ends it for good instead of being tried for ever.</summary>
    public static async Task NotRetriedAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (UnexpectedStateException bug)
        {
            throw new ApplicationFailureException(bug.Message, bug, errorType: "UNEXPECTED_STATE", nonRetryable: true);
        }
    }
}
