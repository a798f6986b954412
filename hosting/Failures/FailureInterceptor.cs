using System.Numerics;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;

namespace TemporalDelivery.Hosting.Failures;

/// <summary>
/// The one place that says which failures of activities are tried again. An <see cref="ApplicationFailureException"/> says that itself; a
/// <see cref="TransientFailure"/> is; any other exception is not, and becomes a failure whose type is the exception's. An activity that has
/// been failing for a minute is in the log.
/// </summary>
public sealed class FailureInterceptor : IWorkerInterceptor
{
    // With pauses that double from half a second: after a minute, then after nine, then after twenty-five.
    private const int FirstWarning = 8;

    /// <inheritdoc/>
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new Inbound(nextInterceptor);

    private sealed class Inbound(ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            try
            {
                return await Next.ExecuteActivityAsync(input);
            }
            catch (Exception failure) when (Warn(failure) && !IsClassified(failure))
            {
                throw new ApplicationFailureException(
                    $"{failure.GetType().Name}: {failure.Message}",
                    failure,
                    errorType: failure.GetType().Name,
                    nonRetryable: true
                );
            }
        }

        private static bool IsClassified(Exception failure) => failure is FailureException || TransientFailure.Is(failure);

        // As a filter, so that whoever looks at the failure sees where it was thrown. Always true.
        private static bool Warn(Exception failure)
        {
            var activity = ActivityExecutionContext.Current;
            var attempt = activity.Info.Attempt;
            if (attempt >= FirstWarning && BitOperations.IsPow2(attempt) && !activity.CancellationToken.IsCancellationRequested)
            {
                activity.Logger.LogWarning(
                    failure,
                    "{Activity} of {WorkflowId} fails for the {Attempt}th time: {Cause}",
                    activity.Info.ActivityType,
                    activity.Info.WorkflowId,
                    attempt,
                    failure.GetBaseException().Message
                );
            }

            return true;
        }
    }
}
