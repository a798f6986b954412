using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>
/// Tells an endpoint of an event, once, as Standard Webhooks 1.0 has it: <c>{"type", "timestamp", "data"}</c>, signed over
/// <c>id.timestamp.body</c> under each secret that holds. Any 2xx takes it; 410 says that nothing is wanted any more.
/// </summary>
internal sealed class WebhookCall(HttpClient http, TimeProvider clock)
{
    private const int MaxDetail = 500;
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    // While the process stops, an answer that is on its way has so long to come.
    private static readonly TimeSpan AtTheStop = TimeSpan.FromSeconds(3);

    public async Task<SentWebhook> SendAsync(DueWebhook webhook, CancellationToken stoppingToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var deadline = new CancellationTokenSource(Answer);
        await using var stop = stoppingToken.Register(() => deadline.CancelAfter(AtTheStop));
        try
        {
            using var request = Signed(webhook);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var detail = await BeginningAsync(answer.Content, deadline.Token);
            return new(
                webhook,
                answer.IsSuccessStatusCode,
                answer.StatusCode == HttpStatusCode.Gone,
                (int)answer.StatusCode,
                detail,
                Stopwatch.GetElapsedTime(began)
            );
        }
        catch (OperationCanceledException)
        {
            return Unanswered($"no answer within {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        }
        catch (Exception failure)
        {
            // Whatever it is, it is this call's own: the others of the round are stored.
            return Unanswered(failure.Message);
        }

        SentWebhook Unanswered(string why) =>
            new(webhook, false, false, null, ForeignText.Cut(why, MaxDetail), Stopwatch.GetElapsedTime(began));
    }

    private HttpRequestMessage Signed(DueWebhook webhook)
    {
        var body = Body(webhook);
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{webhook.EventId}.{seconds}."), .. body];
        var signatures = new[] { webhook.Secret, webhook.OldSecret }
            .OfType<byte[]>()
            .Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)));
        return new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", webhook.EventId.ToString() },
                { "webhook-timestamp", seconds },
                { "webhook-signature", string.Join(' ', signatures) },
                { "user-agent", "TemporalDelivery" },
            },
        };
    }

    private static byte[] Body(DueWebhook webhook)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", webhook.Topic);
            json.WriteString("timestamp", webhook.RecordedAt);
            json.WritePropertyName("data");
            json.WriteRawValue(webhook.Payload);
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxDetail];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, MaxDetail, throwOnEndOfStream: false, cancellationToken);
        return ForeignText.Cut(Encoding.UTF8.GetString(buffer, 0, length), MaxDetail);
    }
}
