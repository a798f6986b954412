using Microsoft.AspNetCore.Http;
using Temporal.Server.Http;
using Temporal.Server.Http.Pages;

namespace Temporal.Server.Tests.Http;

/// <summary>What other people's pages and texts can do in a browser: nothing.</summary>
public sealed class BrowserTests
{
    [Theory]
    [InlineData("POST", "127.0.0.1:8233", "http://127.0.0.1:8233", null, true)]
    [InlineData("POST", "localhost:8233", "http://localhost:8233", "same-origin", true)]
    [InlineData("POST", "[::1]:8233", "http://[::1]:8233", null, true)]
    [InlineData("POST", "temporal:8233", null, null, true)]
    [InlineData("POST", "temporal.example.org", null, null, false)]
    [InlineData("POST", "localhost:8233", null, "none", true)]
    [InlineData("GET", "localhost:8233", "http://evil.example", "cross-site", true)]
    [InlineData("POST", "localhost:8233", "http://evil.example", null, false)]
    [InlineData("POST", "localhost:8233", "http://localhost:3000", null, false)]
    [InlineData("POST", "localhost:8233", "null", null, false)]
    [InlineData("DELETE", "localhost:8233", null, "cross-site", false)]
    [InlineData("GET", "evil.example:8233", null, null, false)]
    [InlineData("GET", "127.0.0.1.evil.example:8233", null, null, false)]
    [InlineData("GET", "", null, null, false)]
    public void A_page_writes_only_where_it_came_from_and_reads_only_under_a_name_of_ours(
        string method,
        string host,
        string? origin,
        string? site,
        bool allowed
    )
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Host = new HostString(host);
        request.Headers.Origin = origin;
        request.Headers["Sec-Fetch-Site"] = site;

        Assert.Equal(allowed, BrowserGuard.Refusal(request) is null);
    }

    [Fact]
    public async Task A_refused_request_changes_nothing()
    {
        await using var server = await HttpServer.StartAsync();
        await server.StartWorkflowAsync("w");

        var reply = await server.SendAsync(
            HttpMethod.Post,
            new Uri(server.WebUi, "/api/v1/namespaces/default/workflows/w/terminate"),
            body: null,
            ("Origin", "http://evil.example")
        );

        Assert.Equal((403, 7), (reply.Status, (int)reply.Json["code"]!));
        Assert.Equal(
            "WORKFLOW_EXECUTION_STATUS_RUNNING",
            (string?)(await server.GetAsync("namespaces/default/workflows/w")).Ok["workflowExecutionInfo"]!["status"]
        );
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("![x](javascript:alert(1))")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("[x](vbscript:x \"a\" onclick=alert(1))")]
    public void Markdown_brings_no_script_into_the_page(string markdown)
    {
        var page = MarkdownPage.Page(markdown, dark: false);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("=\"javascript:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("=\"data:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("=\"vbscript:", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Markdown_is_rendered_for_a_frame_that_may_run_and_load_nothing()
    {
        await using var server = await HttpServer.StartAsync();

        var reply = await server.SendAsync(
            HttpMethod.Get,
            new Uri(server.WebUi, "/render?theme=dark&content=" + Uri.EscapeDataString("**bold** [site](https://example.org)"))
        );

        Assert.Equal("text/html", reply.ContentType);
        Assert.Contains("<strong>bold</strong>", reply.Text, StringComparison.Ordinal);
        Assert.Contains(
            "<a href=\"https://example.org\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">",
            reply.Text,
            StringComparison.Ordinal
        );
        Assert.StartsWith("default-src 'none'", reply.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }
}
