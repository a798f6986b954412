using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
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
                $"The {whom} does not take our request ({(int)refusal.StatusCode}): {Explain(refusal)}",
                refusal, errorType: "REQUEST_REFUSED", nonRetryable: true);
        }
    }

    /// <summary>What the answer says in words: the detail of problem details (RFC 9457), else its whole text.</summary>
    public static string Explain(ApiException refusal)
    {
        var text = refusal.Content ?? "";
        try
        {
            return (string?)JsonNode.Parse(text)?["detail"] ?? text;
        }
        catch (Exception notDetails) when (notDetails is JsonException or InvalidOperationException)
        {
            return text;
        }
    }
}
