using System.Diagnostics;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>Exceptions in spans.</summary>
internal static class ActivityErrors
{
    /// <summary>Records an exception, as an error unless it is one that is said to be benign.</summary>
    internal static void RecordError(this Activity activity, Exception error)
    {
        if (error is not ApplicationFailureException { Category: ApplicationErrorCategory.Benign })
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
        }

        activity.AddException(error);
    }
}
