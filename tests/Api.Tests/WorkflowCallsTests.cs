using TemporalDelivery.Api.Temporal;

namespace TemporalDelivery.Api.Tests;

public sealed class WorkflowCallsTests
{
    [Fact]
    public void A_bug_of_ours_is_not_taken_for_a_Temporal_that_is_away()
    {
        Assert.False(WorkflowCalls.IsAbsence(new InvalidOperationException("a bug"), CancellationToken.None));
        Assert.True(WorkflowCalls.IsAbsence(new TaskCanceledException("no answer in time"), CancellationToken.None));
    }
}
