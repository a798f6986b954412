using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace TemporalDelivery.Api.Tests;

/// <summary>
/// The committed description of the API, to which answers are held. It is read strictly: a member that it does not name is a breach,
/// although clients are told to expect more.
/// </summary>
internal sealed partial class ApiDescription
{
    // Of the transport, and of no endpoint; and what repeats Cache-Control for old caches.
    private static readonly string[] Transport =
    [
        "Date",
        "Content-Type",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "X-Content-Type-Options",
        "Pragma",
        "Expires",
    ];

    private static readonly EvaluationOptions Evaluation = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonObject document;
    private readonly List<(string[] Template, JsonObject Path)> paths;
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = [];

    private ApiDescription(JsonObject document)
    {
        this.document = document;
        paths =
        [
            .. document["paths"]!
                .AsObject()
                .Select(path => (path.Key.Split('/'), path.Value!.AsObject()))
                // A path that is spelled out comes before one with a placeholder.
                .OrderBy(path => path.Item1.Count(step => step.StartsWith('{'))),
        ];
        Close(document["components"]!);
    }

    /// <summary>The description, as it is in the repository.</summary>
    public static ApiDescription Committed { get; } = new(JsonNode.Parse(Text)!.AsObject());

    /// <summary>Its text.</summary>
    public static string Text => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "openapi.json"));

    /// <summary>What is wrong with an answer; null when it is as described.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="answer">The answer, whose content is buffered.</param>
    public async Task<string?> BreachAsync(HttpMethod method, string path, HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (paths.FirstOrDefault(each => Fits(each.Template, path)) is not { Path: { } known })
        {
            return status == 404
                ? BreachOf(ProblemSchema, answer.Content.Headers, body)
                : $"the path is not described, but answered {status}";
        }

        if (known[method.Method.ToLowerInvariant()] is not JsonObject operation)
        {
            return status == 405
                ? BreachOf(ProblemSchema, answer.Content.Headers, body)
                : $"{method} is not described, but answered {status}";
        }

        if (operation["responses"]![$"{status}"] is not JsonObject response)
        {
            return $"{status} is not among the described answers";
        }

        response = Resolve(response);
        var undescribed = answer
            .Headers.Concat(answer.Content.Headers)
            .Select(header => header.Key)
            .Except(Transport)
            .Where(name => response["headers"]?.AsObject().ContainsKey(name) != true)
            .ToList();
        return undescribed.Count > 0 ? $"the header {string.Join(", ", undescribed)} of {status} is not described"
            : response["content"] is not JsonObject content ? (body.Length == 0 ? null : $"{status} has no body by the description")
            : BreachOf(content, answer.Content.Headers, body);
    }

    private static JsonObject ProblemSchema { get; } =
        new()
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } },
        };

    private string? BreachOf(JsonObject content, HttpContentHeaders headers, byte[] body)
    {
        if (headers.ContentType?.MediaType is not { } type || content[type]?["schema"] is not { } schema)
        {
            return $"the body is {headers.ContentType?.ToString() ?? "of no type"}, which is not described";
        }

        var evaluated = SchemaOf(schema).Evaluate(JsonDocument.Parse(body).RootElement, Evaluation);
        if (evaluated.IsValid)
        {
            return null;
        }

        var errors = (evaluated.Details ?? [])
            .Where(detail => detail.Errors is { Count: > 0 })
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Key} {error.Value}"));
        return $"the body does not fit its schema: {string.Join("; ", errors.Distinct().Take(8))}";
    }

    private JsonSchema SchemaOf(JsonNode schema) => schemas.GetOrAdd(schema.ToJsonString(), text =>
        {
            var whole = JsonNode.Parse(text)!.AsObject();
            whole["$defs"] = Needed(text, []);
            return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
        });

    // The schemas that a schema refers to, and those that they do.
    private JsonObject Needed(string text, JsonObject found)
    {
        foreach (Match reference in Reference().Matches(text))
        {
            var name = reference.Groups[1].Value;
            if (!found.ContainsKey(name))
            {
                var schema = document["components"]!["schemas"]![name]!;
                found[name] = schema.DeepClone();
                Needed(schema.ToJsonString(), found);
            }
        }

        return found;
    }

    private JsonObject Resolve(JsonObject response) =>
        response["$ref"]?.GetValue<string>() is { } reference
            ? document["components"]!["responses"]![reference[(reference.LastIndexOf('/') + 1)..]]!.AsObject()
            : response;

    private static bool Fits(string[] template, string path)
    {
        var steps = path.Split('/');
        return steps.Length == template.Length
            && template
                .Zip(steps)
                .All(each =>
                    each.First.StartsWith('{')
                        // Ids are ids, or there is no such path.
                        ? !each.First.EndsWith("Id}", StringComparison.Ordinal) || Guid.TryParse(each.Second, out _)
                        : each.First == each.Second
                );
    }

    [GeneratedRegex("\"#/components/schemas/(\\w+)\"")]
    private static partial Regex Reference();

    private static void Close(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject schema:
                if (schema["properties"] is JsonObject && schema["type"] is not null && !schema.ContainsKey("additionalProperties"))
                {
                    schema["additionalProperties"] = false;
                }

                foreach (var (_, member) in schema.ToList())
                {
                    Close(member);
                }

                break;
            case JsonArray many:
                foreach (var each in many)
                {
                    Close(each);
                }

                break;
        }
    }
}
