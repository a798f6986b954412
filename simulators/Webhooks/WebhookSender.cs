using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Simulators.Schedules;

namespace TemporalDelivery.Simulators.Webhooks;

/// <summary>Sends signed events, each again and again until the receiver answers 2xx. Standard Webhooks 1.0.</summary>
internal sealed class WebhookSender(
    WebhookOptions options,
    HttpClient http,
    Timetable timetable,
    TimeProvider clock,
    ILogger<WebhookSender> log
)
{
    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), options.RetryAtMost);

    /// <summary>Begins to send <paramref name="body"/> as event <paramref name="id"/>.</summary>
    /// <param name="acknowledged">Called once, after the first 2xx answer.</param>
    public void Send(string id, byte[] body, Func<Task> acknowledged)
    {
        if (options.Url is { } url)
        {
            timetable.At(clock.GetUtcNow(), cancellation => AttemptAsync(url, id, body, 1, acknowledged, cancellation));
        }
    }

    /// <summary>The value of <c>webhook-signature</c> for one attempt at <paramref name="timestamp"/> (seconds since 1970).</summary>
    public static string Sign(ReadOnlySpan<byte> key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, [.. head, .. body]));
    }

    private async Task AttemptAsync(Uri url, string id, byte[] body, int attempt, Func<Task> acknowledged, CancellationToken cancellation)
    {
        if (await TryAsync(url, id, body, cancellation))
        {
            await acknowledged();
            return;
        }

        // A tenth of jitter, so that what failed together does not return together.
        var pause = backoff.After(attempt) * (1 + (Random.Shared.NextDouble() / 10));
        timetable.At(clock.GetUtcNow() + pause, later => AttemptAsync(url, id, body, attempt + 1, acknowledged, later));
    }

    private async Task<bool> TryAsync(Uri url, string id, byte[] body, CancellationToken cancellation)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture) },
                { "webhook-signature", Sign(options.Key, id, timestamp, body) },
            },
        };
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }

            log.LogWarning("Event {EventId} was answered {Status}; it is sent again", id, (int)response.StatusCode);
            return false;
        }
        catch (Exception failure)
            when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            log.LogWarning("Event {EventId} did not get through ({Reason}); it is sent again", id, failure.Message);
            return false;
        }
    }
}
