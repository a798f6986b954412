using System.Net;

namespace TemporalDelivery.Api.Tests;

/// <summary>Every error is a problem of a known kind, whoever asks and however.</summary>
public sealed class ProblemsTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private const string Order = "/orders/01920000-0000-7000-8000-00000000000a";

    [Theory]
    [InlineData("GET", "/nowhere", 404, "NOT_FOUND")]
    [InlineData("DELETE", "/orders", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", Order, 404, "NOT_FOUND")]
    [InlineData("GET", "/orders?limit=0", 400, "MALFORMED")]
    [InlineData("POST", Order + "/cancel", 415, "UNSUPPORTED_MEDIA_TYPE")]
    public async Task A_problem_is_JSON_whatever_is_accepted(string method, string path, int status, string code)
    {
        foreach (var accept in new[] { "text/html", "application/xml", "image/png", "*/*" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Accept.ParseAdd(accept);
            if (status == 415)
            {
                request.Content = new StringContent("x");
            }

            using var answer = await api.AsOperator().SendAsync(request);

            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = await answer.JsonAsync();
            Assert.Equal(code, problem.GetProperty("code").GetString());
            Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        }
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.NotFound)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.NotFound)]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.NotFound)]
    [InlineData("application/json;charset=UTF-8", HttpStatusCode.NotFound)]
    [InlineData("application/json; charset=UTF8", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-7", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=windows-1252", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=\"no such\"", HttpStatusCode.UnsupportedMediaType)]
    public async Task JSON_is_UTF8_in_whichever_spelling_and_nothing_else(string contentType, HttpStatusCode status)
    {
        using var content = Stories.Raw("""{"reason":"x"}""");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var answer = await api.AsOperator().PostAsync(Order + "/cancel", content);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/products")]
    [InlineData("/nowhere")]
    [InlineData("/health/live")]
    [InlineData("/deliveries?state=NONE")]
    public async Task Every_answer_says_who_may_keep_it_and_that_it_is_what_it_says(string path)
    {
        using var answer = await api.AsOperator().GetAsync(path);

        Assert.True(answer.Headers.CacheControl is { NoStore: true } or { Private: true, NoCache: true }, $"{answer.Headers.CacheControl}");
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Who_is_not_served_now_is_told_when_to_ask_again_whatever_they_accept()
    {
        var ada = api.AsCustomer(ApiApplication.Ada);
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/orders/{order}?consistent=true");
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await ada.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("UNAVAILABLE", (await answer.JsonAsync()).GetProperty("code").GetString());
    }
}
