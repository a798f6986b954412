using System.Net;
using System.Text.RegularExpressions;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Tests;

/// <summary>The pages under <c>/docs</c>, which a browser without any network but ours shows whole.</summary>
public sealed partial class DocsTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    [Fact]
    public async Task The_page_about_the_API_has_every_operation_and_loads_nothing()
    {
        var page = await api.Anybody().GetStringAsync("/docs");

        foreach (Match operation in OperationId().Matches(ApiDescription.Text))
        {
            Assert.Contains($"id=\"{operation.Groups[1].Value}\"", page, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch(@"<script|<link|<img|src=|href=""[^/#]|@import|url\(", page);
        var targets = Target().Matches(page).Select(target => target.Groups[1].Value).Distinct().ToList();
        Assert.All(targets, target => Assert.Contains($"id=\"{target}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_kind_of_problem_has_a_page_and_is_listed()
    {
        var list = await api.Anybody().GetStringAsync("/docs/problems");
        foreach (var type in ProblemTypes.All)
        {
            using var page = await api.Anybody().GetAsync(type.Page);

            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
            Assert.Contains(type.Code, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains(type.Page, list, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_problem_leads_to_its_page()
    {
        using var problem = await api.AsOperator().GetAsync("/nowhere");

        using var page = await api.Anybody().GetAsync((await problem.JsonAsync()).GetProperty("type").GetString());

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Not found", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_of_problem_that_there_is_none_of_is_a_404()
    {
        using var page = await api.Anybody().GetAsync("/docs/problems/hunger");

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [GeneratedRegex("\"operationId\": \"(\\w+)\"")]
    private static partial Regex OperationId();

    [GeneratedRegex("href=\"#([^\"]+)\"")]
    private static partial Regex Target();
}
