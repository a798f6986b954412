using System.Text;
using Microsoft.OpenApi;
using TemporalDelivery.Api.OpenApi;
using TemporalDelivery.Api.Problems;
using static TemporalDelivery.Api.Docs.HtmlPage;

namespace TemporalDelivery.Api.Docs;

/// <summary>The API's description as a page: operations by tag, then what their bodies consist of.</summary>
internal static class ApiPage
{
    /// <summary>The page.</summary>
    public static string Write(OpenApiDocument api)
    {
        var html = new StringBuilder();
        html.Append($"<p>{Text(api.Info.Description)}</p>");
        html.Append(
            $"<p>For programs: <a href=\"{ApiDocument.Path}\">the OpenAPI document</a>. <a href=\"{ProblemType.Pages}\">Problems</a></p>"
        );
        foreach (var tag in api.Tags ?? new HashSet<OpenApiTag>())
        {
            html.Append($"<h2>{Text(tag.Name)}</h2><p>{Text(tag.Description)}</p>");
            foreach (var (path, item) in api.Paths)
            {
                foreach (var (method, operation) in item.Operations ?? [])
                {
                    if (operation.Tags?.Any(each => each.Name == tag.Name) == true)
                    {
                        Operation(html, $"{method} {path}", operation);
                    }
                }
            }
        }

        html.Append("<h2>Bodies</h2>");
        foreach (var (name, schema) in api.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            Schema(html, name, schema);
        }

        return Of(api.Info.Title ?? "API", html.ToString());
    }

    private static void Operation(StringBuilder html, string route, OpenApiOperation operation)
    {
        html.Append($"<h3 id=\"{Text(operation.OperationId)}\"><code>{Text(route)}</code></h3>");
        html.Append($"<p>{Text(operation.Summary)} {Text(operation.Description)}</p>");
        if (operation.Parameters is { Count: > 0 } parameters)
        {
            html.Append("<table><tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>");
            foreach (var parameter in parameters)
            {
                var kind = Type(parameter.Schema) + (parameter.Required ? " <span class=\"required\">required</span>" : "");
                html.Append($"<tr><td><code>{Text(parameter.Name)}</code></td><td>{parameter.In}</td><td>{kind}</td>");
                html.Append($"<td>{Text(parameter.Description)}</td></tr>");
            }

            html.Append("</table>");
        }

        foreach (var (media, body) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            html.Append($"<p>Body: {Text(media)}, {Type(body.Schema)}</p>");
            foreach (var example in body.Examples?.Values ?? [])
            {
                html.Append($"<p>{Text(example.Summary)}</p><pre>{Text(example.Value?.ToString())}</pre>");
            }
        }

        html.Append("<table><tr><th>status</th><th>answer</th><th>headers</th></tr>");
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            var what = answer.Content?.Values.FirstOrDefault()?.Schema is { } schema ? Type(schema) : Text(answer.Description);
            var headers = string.Join(", ", (answer.Headers?.Keys ?? []).Select(Text));
            html.Append($"<tr><td>{status}</td><td>{what}</td><td>{headers}</td></tr>");
        }

        html.Append("</table>");
    }

    private static void Schema(StringBuilder html, string name, IOpenApiSchema schema)
    {
        html.Append($"<h3 id=\"{Text(name)}\">{Text(name)}</h3><p>{Text(schema.Description)}</p>");
        if (schema.Enum is { Count: > 0 } values)
        {
            html.Append($"<p>{string.Join(", ", values.Select(value => $"<code>{Text(value.ToString())}</code>"))}</p>");
        }

        if (schema.Properties is not { Count: > 0 } members)
        {
            return;
        }

        html.Append("<table><tr><th>member</th><th>type</th><th></th></tr>");
        foreach (var (member, type) in members)
        {
            var required = schema.Required?.Contains(member) == true ? " <span class=\"required\">required</span>" : "";
            html.Append($"<tr><td><code>{Text(member)}</code></td><td>{Type(type)}{required}</td><td>{Text(type.Description)}</td></tr>");
        }

        html.Append("</table>");
    }

    private static string Type(IOpenApiSchema? schema) =>
        schema switch
        {
            null => "",
            OpenApiSchemaReference { Reference.Id: { } name } => $"<a href=\"#{Text(name)}\">{Text(name)}</a>",
            { OneOf: { Count: > 0 } choices } => string.Join(" or ", choices.Select(Type)),
            { Items: { } items } => $"array of {Type(items)}",
            { Type: { } type } => Text(string.Join(" or ", type.ToIdentifiers())) + Limits(schema),
            _ => "any",
        };

    private static string Limits(IOpenApiSchema schema)
    {
        List<string?> limits =
        [
            schema.Format,
            schema.Minimum is { } least ? $"from {least}" : null,
            schema.Maximum is { } most ? $"to {most}" : null,
            schema.MaxLength is { } length ? $"at most {length} characters" : null,
            schema.Enum is { Count: > 0 } values ? string.Join(", ", values.Select(value => value?.ToString() ?? "null")) : null,
        ];
        var said = limits.OfType<string>().ToList();
        return said.Count > 0 ? $" ({Text(string.Join("; ", said))})" : "";
    }
}
