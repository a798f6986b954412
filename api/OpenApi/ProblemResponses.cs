using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Describes the problems once for all operations, from the list of their kinds.</summary>
internal sealed class ProblemResponses : IOpenApiDocumentTransformer
{
    public const string MediaType = "application/problem+json";
    private const string Problem = "Problem";
    private const string Fault = "Fault";

    /// <summary>The name of a status among the document's answers.</summary>
    public static string Name(string status) =>
        ReasonPhrases
            .GetReasonPhrase(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture))
            .Replace(" ", "", StringComparison.Ordinal);

    public static OpenApiHeader Header(string description) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Responses ??= new Dictionary<string, IOpenApiResponse>();
        document.Components.Schemas.Remove("ProblemDetails");
        document.Components.Schemas[Problem] = ProblemSchema(document);
        document.Components.Schemas[Fault] = FaultSchema();
        // No operation that is described answers so: 405 and 500 are of none.
        foreach (var status in ProblemTypes.All.Where(type => type.Status is not (405 or 500)).GroupBy(type => type.Status))
        {
            document.Components.Responses[Name($"{status.Key}")] = Response([.. status], document);
        }

        return Task.CompletedTask;
    }

    private static OpenApiResponse Response(IReadOnlyList<ProblemType> types, OpenApiDocument document)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { ["Cache-Control"] = Header("no-store: a problem is of this moment.") };
        foreach (var (name, description) in HeadersOf(types[0].Status))
        {
            headers[name] = Header(description);
        }

        return new()
        {
            Description = string.Join("\n", types.Select(type => $"- `{type.Code}`: {type.Meaning}")),
            Headers = headers,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaType] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(Problem, document),
                    Examples = types.ToDictionary(
                        type => type.Code,
                        IOpenApiExample (type) => new OpenApiExample { Summary = type.Title, Value = Example(type) }
                    ),
                },
            },
        };
    }

    /// <summary>The headers that come with a status.</summary>
    public static IEnumerable<(string Name, string Description)> HeadersOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => [("WWW-Authenticate", "How to say who asks.")],
            StatusCodes.Status405MethodNotAllowed => [("Allow", "The methods that the path has.")],
            StatusCodes.Status409Conflict => [("Retry-After", "With KEY_IN_USE: after how many seconds to send it again.")],
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable =>
            [
                ("Retry-After", "After how many seconds to try again."),
            ],
            _ => [],
        };

    private static JsonObject Example(ProblemType type)
    {
        var example = new JsonObject
        {
            ["type"] = type.Page,
            ["title"] = type.Title,
            ["status"] = type.Status,
            ["detail"] = type.Meaning,
            ["code"] = type.Code,
            ["traceId"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        };
        if (type.Code == ProblemTypes.Refused)
        {
            example["errors"] = new JsonArray(
                new JsonObject
                {
                    ["pointer"] = "#/lines/0/quantity",
                    ["code"] = "QUANTITY",
                    ["detail"] = "1 to 99 may be ordered, not 100",
                }
            );
        }

        return example;
    }

    private static OpenApiSchema ProblemSchema(OpenApiDocument document) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = "Why a request was not answered as asked (RFC 9457).",
            Required = new HashSet<string> { "type", "title", "status", "detail", "code", "traceId" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("The page about the kind of problem, relative to this API.", "uri-reference"),
                ["title"] = Text("What the kind of problem is."),
                ["status"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Minimum = "400",
                    Maximum = "599",
                    Description = "The status of the answer.",
                },
                ["detail"] = Text("What the problem is this time, for people."),
                ["code"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "The kind of problem, for programs.",
                    Enum = [.. ProblemTypes.All.Select(type => (JsonNode)type.Code)],
                },
                ["traceId"] = Text("What the problem is found under in logs and traces."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Description = "Everything that is wrong with the request.",
                    MinItems = 1,
                    MaxItems = Problems.Problem.MaxListed,
                    Items = new OpenApiSchemaReference(Fault, document),
                },
                ["free"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Description = "With RESERVED: how many can be written off.",
                },
            },
        };

    private static OpenApiSchema FaultSchema() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = "One thing that is wrong with a request.",
            Required = new HashSet<string> { "pointer", "code", "detail" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["pointer"] = Text(
                    "Where: a JSON pointer into the body as a fragment (`#/lines/0/quantity`), or a header's or parameter's name."
                ),
                ["code"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "What, for programs.",
                    Enum = [.. FaultCodes.All.Keys.Select(code => (JsonNode)code)],
                },
                ["detail"] = Text("What, for people."),
            },
        };

    private static OpenApiSchema Text(string description, string? format = null) =>
        new()
        {
            Type = JsonSchemaType.String,
            Description = description,
            Format = format,
        };
}
