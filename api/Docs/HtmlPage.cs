using System.Net;
using System.Text.RegularExpressions;

namespace TemporalDelivery.Api.Docs;

/// <summary>What the pages have in common.</summary>
internal static partial class HtmlPage
{
    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem } td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0 }
        th { font-weight: 600; border-bottom: 1px solid #ccc } code, pre { font: 14px/1.4 ui-monospace, monospace; background: #f4f4f4 }
        pre { padding: .6rem; overflow-x: auto } h3 { margin-top: 2rem; border-top: 1px solid #ddd; padding-top: 1rem } .required { color: #a00 }
        """;

    /// <summary>A whole page.</summary>
    public static string Of(string title, string body) =>
        $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Text(
                title
            )}</title><style>{Style}</style></head>
            <body>
            <h1>{Text(title)}</h1>
            {body}
            </body>
            </html>
            """;

    /// <summary>Text as HTML; what stands between backquotes is code.</summary>
    public static string Text(string? text) => Code().Replace(WebUtility.HtmlEncode(text ?? ""), "<code>$1</code>");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
