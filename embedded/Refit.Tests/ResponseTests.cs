using System.Net;

namespace Refit.Tests;

public sealed class ResponseTests
{
    [Fact]
    public async Task A_refusal_is_an_exception_with_status_and_content()
    {
        using var shop = new Echo(HttpStatusCode.Conflict, """{"name":"taken"}""").Client<IShop>();

        var refused = await Assert.ThrowsAsync<ApiException>(() => shop.DeleteAsync(Guid.Empty));

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(HttpMethod.Delete, refused.HttpMethod);
        Assert.Equal("taken", (await refused.GetContentAsAsync<Item>())!.Name);
        Assert.Contains("409", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_is_a_validation_exception()
    {
        using var shop = new Echo(HttpStatusCode.BadRequest, """{"title":"bad","status":400,"errors":{"sku":["unknown"]}}""", "application/problem+json")
            .Client<IShop>();

        var refused = await Assert.ThrowsAsync<ValidationApiException>(() => shop.DeleteAsync(Guid.Empty));

        Assert.Equal("bad", refused.Content!.Title);
        Assert.Equal(["unknown"], refused.Content.Errors["sku"]);
    }

    [Fact]
    public async Task An_api_response_carries_the_refusal_in_place_of_throwing_it()
    {
        using var shop = new Echo(HttpStatusCode.NotFound, "").Client<IShop>();

        using var response = await shop.TryGetAsync(Guid.Empty);
        using var byInterface = await shop.TryGetByInterfaceAsync(Guid.Empty);

        Assert.False(response.IsSuccessful);
        Assert.Equal(HttpStatusCode.NotFound, response.Error.StatusCode);
        Assert.Null(byInterface.Content);
        await Assert.ThrowsAsync<ApiException>(response.EnsureSuccessStatusCodeAsync);
    }

    [Fact]
    public async Task An_api_response_carries_the_content_of_a_success()
    {
        using var shop = new Echo(body: """{"name":"Lamp","priceCents":1}""").Client<IShop>();

        using var response = await shop.TryGetByInterfaceAsync(Guid.Empty);

        Assert.True(response.IsSuccessful);
        Assert.Equal("Lamp", response.Content.Name);
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_an_api_exception_with_its_cause()
    {
        using var shop = new Echo(body: "{").Client<IShop>();

        var unreadable = await Assert.ThrowsAsync<ApiException>(() => shop.GetAsync(Guid.Empty, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, unreadable.StatusCode);
        Assert.IsType<System.Text.Json.JsonException>(unreadable.InnerException);
    }

    [Fact]
    public async Task The_response_itself_is_never_an_exception()
    {
        using var shop = new Echo(HttpStatusCode.InternalServerError).Client<IShop>();

        using var response = await shop.RawAsync(Guid.Empty);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }
}
