using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>A page of a list: what is on it, and the cursor of the next (absent on the last).</summary>
public sealed record PageOf<TItem>(IReadOnlyList<TItem> Items, string? Next);

/// <summary>Sends a page of documents as they are stored.</summary>
/// <typeparam name="TShape">What each document looks like, for the API's description.</typeparam>
internal sealed class StatusPage<TShape>(IReadOnlyList<StatusDocument> documents, string? next) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(PageOf<TShape>), ["application/json"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var document in documents)
            {
                json.WriteRawValue(document.Json.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteString("next", next);
            json.WriteEndObject();
        }

        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = buffer.Length;
        buffer.Position = 0;
        await buffer.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
    }
}
