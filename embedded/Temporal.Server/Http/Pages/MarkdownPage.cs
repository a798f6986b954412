using System.Text;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Temporal.Server.Http.Pages;

/// <summary>
/// <c>/render?content=…&amp;theme=…</c>: Markdown as a page of its own, for a frame of the Web UI. The text is whoever's started the
/// workflow: raw HTML in it stays text, links lead to the web or a mailbox only, and the page may run nothing and load nothing.
/// </summary>
internal static class MarkdownPage
{
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseTaskLists()
        .UseEmphasisExtras()
        .UseAutoLinks()
        .Build();

    /// <summary>Answers.</summary>
    public static Task ServeAsync(HttpCall call)
    {
        var query = call.Http.Request.Query;
        var response = call.Http.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        return response.WriteAsync(Page(query["content"].ToString(), query["theme"] == "dark"), call.Http.RequestAborted);
    }

    /// <summary>The page.</summary>
    public static string Page(string markdown, bool dark)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage)
            {
                // An image would tell its host who reads this: it becomes a link.
                link.IsImage = false;
            }

            link.Url = IsHarmless(link.GetDynamicUrl?.Invoke() ?? link.Url) ? link.Url : "";
            Harden(link);
        }

        foreach (var link in document.Descendants<AutolinkInline>().ToList())
        {
            link.Url = link.IsEmail || IsHarmless(link.Url) ? link.Url : "";
            Harden(link);
        }

        var colours = dark ? "color:#e2e8f0;background:#141414" : "color:#1e293b;background:#fff";
        var page = new StringBuilder("<!doctype html><html><head><meta charset=\"utf-8\"><title>Markdown</title><style>");
        page.Append("body{margin:0;padding:8px;font:14px/1.5 sans-serif;overflow-wrap:anywhere;").Append(colours).Append('}');
        page.Append("a{color:inherit}pre,code{font-family:monospace;background:rgba(128,128,128,.15)}pre{padding:8px;overflow:auto}");
        page.Append("table{border-collapse:collapse}td,th{border:1px solid rgba(128,128,128,.5);padding:4px 8px}</style></head><body>");
        return page.Append(document.ToHtml(Pipeline)).Append("</body></html>").ToString();
    }

    private static void Harden(IMarkdownObject link)
    {
        var attributes = link.GetAttributes();
        attributes.AddPropertyIfNotExist("target", "_blank");
        attributes.AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
    }

    private static bool IsHarmless(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var target) && target.Scheme is "http" or "https" or "mailto";
}
