using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Refit;
using TemporalDelivery.Database.Messaging;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Failures;

/// <summary>A call of another company's HTTP interface: which of its failures are tried again.</summary>
internal static class ProviderCall
{
    private const int MaxExplanation = 500;

    /// <summary>
    /// The settings of every client. They are one object, because what the serializer learns about a type is kept with them: a client is
    /// made for each call, and would learn it again.
    /// </summary>
    public static RefitSettings Settings { get; } = new(new SystemTextJsonContentSerializer());

    /// <summary>
    /// Sends a request. An answer that finds fault with the request itself (400, 422) is a bug of ours: it is not tried again. Whatever
    /// else fails (refused connections, time-outs, 5xx, 429, credentials, answers that cannot be read) may pass: Temporal tries again.
    /// </summary>
    /// <exception cref="ApiException">The answer's status is one that <paramref name="isAnswer"/> takes for an answer.</exception>
    public static async Task<T> SendAsync<T>(string provider, Func<Task<T>> send, Func<HttpStatusCode, bool>? isAnswer = null)
    {
        try
        {
            return await send();
        }
        catch (ApiException refusal) when (isAnswer?.Invoke(refusal.StatusCode) != true)
        {
            var isOurs = refusal.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;
            throw new ApplicationFailureException(
                isOurs
                    ? $"The {provider} does not take our request ({(int)refusal.StatusCode}): {Explain(refusal)}"
                    : $"The {provider} cannot answer ({(int)refusal.StatusCode}): {Explain(refusal)}",
                refusal,
                errorType: isOurs ? "REQUEST_REFUSED" : "PROVIDER_ANSWER",
                nonRetryable: isOurs
            );
        }
        catch (ApiRequestException failure)
        {
            // Without the inner exception: its message alone ("The operation was canceled.") would be what the operator reads.
            var cause = failure.InnerException switch
            {
                OperationCanceledException or TimeoutRejectedException => "no answer in time",
                BrokenCircuitException => "it has been failing and is not called for a while",
                _ => ForeignText.Cut(failure.GetBaseException().Message, MaxExplanation),
            };
            throw new ApplicationFailureException($"The {provider} cannot be reached: {cause}", errorType: "PROVIDER_UNREACHABLE");
        }
    }

    /// <summary>A time as a query bears it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The exception for an answer that is JSON but does not say what it must; it is tried again.</summary>
    public static ApplicationFailureException Malformed(string provider, string what) =>
        new($"The {provider}'s answer cannot be understood: {what}.", errorType: "PROVIDER_ANSWER");

    /// <summary>What the answer says in words, shortened: the detail of problem details (RFC 9457), else its text.</summary>
    public static string Explain(ApiException refusal)
    {
        var text = refusal.Content ?? "";
        try
        {
            text = (string?)JsonNode.Parse(text)?["detail"] ?? text;
        }
        catch (Exception notDetails) when (notDetails is JsonException or InvalidOperationException)
        {
            // It is no problem document, so the text itself has to explain.
        }

        return ForeignText.Cut(text, MaxExplanation);
    }
}
