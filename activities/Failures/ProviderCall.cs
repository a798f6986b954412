using System.Net;
using Refit;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Failures;

/// <summary>A call of another company's HTTP interface.</summary>
static class ProviderCall
{
    /// <summary>
    /// Calls. What is wrong with the request itself (400, 422) is a bug of ours and not tried again; everything else that fails (5xx, 429, credentials,
    /// time-outs, refused connections) is left to Temporal's retries.
    /// </summary>
    public static async Task<T> ToAsync<T>(string whom, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiException refusal) when (refusal.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity)
        {
            throw new ApplicationFailureException(
                $"The {whom} does not take our request ({(int)refusal.StatusCode}): {refusal.Content}",
                refusal, errorType: "REQUEST_REFUSED", nonRetryable: true);
        }
    }
}
