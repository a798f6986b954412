using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using TemporalDelivery.Api.OpenApi;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Docs;

/// <summary>The pages under <c>/docs</c>: the API's description, and one about each kind of problem. They load nothing.</summary>
internal static class DocsEndpoints
{
    public static void MapDocs(this WebApplication app)
    {
        // The description is the same as long as the host lives.
        var page = new Lazy<Task<string>>(async () =>
            ApiPage.Write(await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync())
        );
        var docs = app.MapGroup("/docs").ExcludeFromDescription();
        docs.MapGet("", async (HttpResponse response) => Html(response, await page.Value));
        docs.MapGet("problems", (HttpResponse response) => Html(response, ProblemPages.List()));
        docs.MapGet("problems/{name}", Results<ContentHttpResult, ProblemHttpResult> (HttpResponse response, string name) =>
            ProblemTypes.Named(name) is { } type ? Html(response, ProblemPages.Of(type)) : Problem.NotFound("kind of problem", name)
        );
    }

    private static ContentHttpResult Html(HttpResponse response, string page)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Content(page, MediaTypeNames.Text.Html, System.Text.Encoding.UTF8);
    }
}
