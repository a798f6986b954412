using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Docs;

/// <summary>The pages that the <c>type</c> of a problem leads to.</summary>
internal static class ProblemPages
{
    /// <summary>All kinds.</summary>
    public static string List() =>
        HtmlPage.Of(
            "Problems",
            $"""
            <p>An error is answered with a problem (RFC 9457). Programs go by its <code>code</code>; <code>traceId</code> finds it in the logs.</p>
            <table><tr><th>status</th><th>code</th><th>what it is</th></tr>
            {string.Join("\n", ProblemTypes.All.Select(Row))}
            </table>
            <p><a href="/docs">All of the API</a></p>
            """
        );

    /// <summary>One of them.</summary>
    public static string Of(ProblemType type) =>
        HtmlPage.Of(
            type.Title,
            $"""
            <p>Status <code>{type.Status}</code>, code <code>{type.Code}</code></p>
            <p>{HtmlPage.Text(type.Meaning)}</p>
            {(type.Code is ProblemTypes.Refused or ProblemTypes.Malformed ? Faults() : "")}
            <p><a href="{ProblemType.Pages}">All problems</a>, <a href="/docs">all of the API</a></p>
            """
        );

    private static string Row(ProblemType type) =>
        $"""<tr><td>{type.Status}</td><td><a href="{type.Page}"><code>{type.Code}</code></a></td><td>{HtmlPage.Text(type.Meaning)}</td></tr>""";

    private static string Faults() =>
        $"""
            <p>Each of <code>errors</code> says where (<code>pointer</code>), what for people (<code>detail</code>), and what for programs:</p>
            <table><tr><th>code</th><th>what it means</th></tr>
            {string.Join(
                "\n",
                FaultCodes.All.Select(fault => $"<tr><td><code>{fault.Key}</code></td><td>{HtmlPage.Text(fault.Value)}</td></tr>")
            )}
            </table>
            """;
}
