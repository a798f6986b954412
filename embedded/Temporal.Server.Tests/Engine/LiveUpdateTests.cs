using Temporal.Server.History.Updates;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.Tests.Engine;

public sealed class LiveUpdateTests
{
    [Fact]
    public async Task Who_sees_an_update_decided_sees_its_outcome_and_no_rejected_one_as_accepted()
    {
        const int Updates = 200;
        var outcome = new Outcome { Failure = new Failure { Message = "no" } };
        LiveUpdate? watched = null;
        var ending = Task.Run(() =>
        {
            for (var i = 0; i < Updates; i++)
            {
                LiveUpdate? update;
                for (var spin = default(SpinWait); (update = Interlocked.Exchange(ref watched, null)) is null;)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                update.End(outcome);
            }
        });

        for (var i = 0; i < Updates; i++)
        {
            var update = new LiveUpdate($"{i}", request: null, i);
            Volatile.Write(ref watched, update);
            for (var spin = default(SpinWait); !update.Accepted.IsCompleted;)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            Assert.True(update.Completed.IsCompleted, $"update {i} has ended, but is told as accepted");
        }

        await ending;
    }
}
