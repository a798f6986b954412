using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporal.Server.Http.Routing;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Valid and half-valid requests without sense, over HTTP.</summary>
public sealed class HttpFuzzTests
{
    private static readonly TimeSpan Answer = TimeSpan.FromMinutes(2);

    // More than fits on its way: an answer that does not need it comes before all of it is sent.
    private const int LargeBody = 100_000;

    private static readonly HttpRoute[] Routes = [.. RouteTable.All];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Whatever_is_asked_is_answered_in_JSON_and_never_with_an_internal_error(bool isFixed, bool onPostgres)
    {
        await using var server = await FuzzedServer.StartAsync(onPostgres, FuzzSettings.Seed(isFixed));
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await server.AttackAsync(async random =>
        {
            var (call, request) = Next(random, server);
            using (request)
            {
                // Half of the callers go away before a long poll is over.
                using var patience = new CancellationTokenSource(
                    random.Next(2) == 0 ? TimeSpan.FromMilliseconds(random.Next(20, 400)) : Answer
                );
                var about =
                    $"{request.Method} {request.RequestUri}\n{(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
                about = about.Length < 3000 ? about : about[..3000];
                try
                {
                    using var response = await client.SendAsync(request, patience.Token);
                    var text = await response.Content.ReadAsStringAsync(patience.Token);
                    server.Count(call, (int)response.StatusCode);
                    Judge(server, call, response.StatusCode, text, about);
                }
                catch (OperationCanceledException) when (patience.IsCancellationRequested)
                {
                    server.Count(call, 0);
                }
                catch (HttpRequestException) when (request.Content?.Headers.ContentLength > LargeBody)
                {
                    // Refused, and the connection closed, while it was still being sent.
                    server.Count(call, -1);
                }
                catch (HttpRequestException broken)
                {
                    server.Complain($"{call}: the connection broke: {broken.GetBaseException().Message}", about);
                }
            }
        });
    }

    private static void Judge(FuzzedServer server, string call, HttpStatusCode status, string text, string about)
    {
        if (status == HttpStatusCode.InternalServerError)
        {
            server.Complain($"{call}: {text}", about);
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            if (status == HttpStatusCode.OK)
            {
                Harvest(server, json.RootElement);
            }
            else if (!json.RootElement.TryGetProperty("code", out _))
            {
                server.Complain($"{call}: {(int)status} without a code", about);
            }
        }
        catch (JsonException)
        {
            // What the web server itself refuses (a header, a path) has no body.
            if (text.Length > 0)
            {
                server.Complain($"{call}: {(int)status} with something that is no JSON: {text}", about);
            }
        }
    }

    private static void Harvest(FuzzedServer server, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("runId", out var run) && run.ValueKind == JsonValueKind.String)
        {
            server.Learned.RunIds.Add(run.GetString()!);
        }

        if (
            json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("nextPageToken", out var token)
            && token.ValueKind == JsonValueKind.String
        )
        {
            server.Learned.PageTokens.Add(ByteString.FromBase64(token.GetString()!));
        }
    }

    private static (string Call, HttpRequestMessage Request) Next(Random random, FuzzedServer server)
    {
        var route = Routes[random.Next(Routes.Length)];
        var message = new RandomMessages(random, server.Learned).Next(route.Call.InputType);
        var path = string.Join(
            '/',
            route
                .Template.TrimStart('/')
                .Split('/')
                .Select(segment => segment.StartsWith('{') ? Segment(random, message, segment[1..^1]) : segment)
        );
        var face = random.Next(2) == 0 ? server.Server.WebUi : server.Server.HttpApi;
        var query = string.Join('&', Query(random, message).Concat(random.Next(20) == 0 ? ["pretty", "=&%zz=1"] : []));
        var request = new HttpRequestMessage(
            new HttpMethod(random.Next(30) == 0 ? "PATCH" : route.Verb),
            new Uri($"http://{face}/{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
        );
        if (request.Method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent(Body(random, message));
        }

        return (route.Call.Name, request);
    }

    private static string Segment(Random random, IMessage message, string path)
    {
        IMessage? at = message;
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            at = at?.Descriptor.FindFieldByName(name)?.Accessor.GetValue(at) as IMessage;
        }

        var text = at?.Descriptor.FindFieldByName(names[^1])?.Accessor.GetValue(at) as string;
        return Uri.EscapeDataString(
            string.IsNullOrEmpty(text) || text.Contains('\0', StringComparison.Ordinal) ? $"x{random.Next(5)}"
            : text.Length > 2000 ? text[..2000]
            : text
        );
    }

    private static IEnumerable<string> Query(Random random, IMessage message)
    {
        foreach (
            var field in message
                .Descriptor.Fields.InDeclarationOrder()
                .Where(field => !field.IsMap && !field.IsRepeated && random.Next(3) > 0)
        )
        {
            var value = field.Accessor.GetValue(message);
            var text = value switch
            {
                string words => words,
                ByteString bytes => bytes.ToBase64(),
                IMessage { Descriptor.Name: "WorkflowExecution" } execution => (
                    (Temporalio.Api.Common.V1.WorkflowExecution)execution
                ).RunId,
                IMessage nested => random.Next(4) == 0 ? nested.ToString() : null,
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => value?.ToString(),
            };
            if (text is { Length: < 3000 })
            {
                yield return $"{(random.Next(2) == 0 ? field.Name : field.JsonName)}{(value is IMessage { Descriptor.Name: "WorkflowExecution" } ? ".runId" : "")}={Uri.EscapeDataString(text)}";
            }
        }
    }

    private static byte[] Body(Random random, IMessage message)
    {
        var text = JsonFormatter.ToDiagnosticString(message);
        switch (random.Next(12))
        {
            case 0:
                return [];
            case 1:
                var damaged = Encoding.UTF8.GetBytes(text);
                for (var count = random.Next(1, 6); count > 0; count--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                return damaged;
            case 2:
                return Encoding.UTF8.GetBytes(text[..random.Next(text.Length)]);
            case 3:
                return Encoding.UTF8.GetBytes(text.Replace("\"", "\\\"", StringComparison.Ordinal));
            case 4:
                return Encoding.UTF8.GetBytes(text.Replace(": {", ": [", StringComparison.Ordinal));
            default:
                return Encoding.UTF8.GetBytes(text);
        }
    }
}
