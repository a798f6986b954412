using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace TemporalDelivery.Api.Tests;

/// <summary>The description of the API is true: committed, complete, and held to by whatever any test is answered.</summary>
public sealed class DescriptionTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    [Fact]
    public async Task The_committed_description_is_what_the_API_serves()
    {
        var served = await api.Anybody().GetStringAsync("/openapi/v1.json");

        Assert.True(
            served.Trim() == ApiDescription.Text.Trim(),
            "docs/openapi.json is stale: ./temporal-dev.sh docs writes it, and its changes are to be looked at."
        );
    }

    [Theory]
    [InlineData("/nowhere", 200, "application/json", "{}", "the path is not described")]
    [InlineData("/operator-tasks/x", 200, "application/json", "{}", "the path is not described")]
    [InlineData("/health/live", 202, "application/json", """{"status":"live"}""", "202 is not among the described answers")]
    [InlineData("/health/live", 200, "text/plain", "live", "which is not described")]
    [InlineData("/health/live", 200, "application/json", "{}", "\"status\"")]
    [InlineData("/health/live", 200, "application/json", """{"status":1}""", "/status")]
    [InlineData("/health/live", 200, "application/json", """{"status":"live","more":1}""", "/more")]
    [InlineData("/orders", 400, "application/problem+json", """{"status":400}""", "\"traceId\"")]
    public async Task An_answer_that_is_not_as_described_is_noticed(string path, int status, string type, string body, string breach)
    {
        using var answer = Answer(status, type, body);

        Assert.Contains(breach, await ApiDescription.Committed.BreachAsync(HttpMethod.Get, path, answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_is_not_described_is_noticed()
    {
        using var answer = Answer(200, "application/json", """{"status":"live"}""");
        Assert.Null(await ApiDescription.Committed.BreachAsync(HttpMethod.Get, "/health/live", answer));

        answer.Headers.Add("X-Secret", "1");

        Assert.Contains(
            "X-Secret",
            await ApiDescription.Committed.BreachAsync(HttpMethod.Get, "/health/live", answer),
            StringComparison.Ordinal
        );
    }

    private static HttpResponseMessage Answer(int status, string type, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
}
