namespace Refit.Tests;

public sealed class RequestTests
{
    private static readonly Guid Id = Guid.Parse("01920000-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_path_parameter_is_written_into_the_path_after_the_base_address()
    {
        var echo = new Echo(body: """{"name":"Lamp","priceCents":8900}""");
        using var shop = echo.Client<IShop>();

        var item = await shop.GetAsync(Id, TestContext.Current.CancellationToken);

        Assert.Equal(new("Lamp", 8900), item);
        Assert.Equal(HttpMethod.Get, echo.Request.Method);
        Assert.Equal($"http://partner.test/api/items/{Id}", echo.Request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task Values_are_escaped_and_null_is_left_out()
    {
        var echo = new Echo(body: "12,50");
        using var shop = echo.Client<IShop>();

        Assert.Equal("12,50", await shop.PriceAsync("a/b c", "€&"));
        Assert.Equal("/api/items/a%2Fb%20c/price?currency=%E2%82%AC%26", echo.Request.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task An_object_in_the_query_is_written_by_its_properties()
    {
        var echo = new Echo(body: "[]");
        using var shop = echo.Client<IShop>();

        await shop.FindAsync(new() { Name = "x", MaxPrice = 5, Since = new(2026, 1, 2) }, ["a", "b"]);

        Assert.Equal("?Name=x&max=5&Since=2026-01-02&tags=a&tags=b", echo.Request.RequestUri!.Query);
    }

    [Fact]
    public async Task A_collection_is_separated_by_commas_unless_the_method_says_otherwise()
    {
        var echo = new Echo(body: "[]");
        using var shop = echo.Client<IShop>();

        await shop.AllAsync(["a", "b"]);

        Assert.Equal("?tags=a%2Cb", echo.Request.RequestUri!.Query);
    }

    [Fact]
    public async Task A_body_is_json_in_camel_case_and_a_header_parameter_a_header()
    {
        var echo = new Echo(body: """{"name":"E","priceCents":1,"kind":"digital"}""");
        using var shop = echo.Client<IShop>();

        var item = await shop.AddAsync(new("E", 1, Kind.Digital), "key-1", TestContext.Current.CancellationToken);

        Assert.Equal("""{"name":"E","priceCents":1,"kind":"digital"}""", echo.Body);
        Assert.Equal(["key-1"], echo.Request.Headers.GetValues("Idempotency-Key"));
        Assert.Equal(["one"], echo.Request.Headers.GetValues("X-Shop"));
        Assert.Equal("application/json", echo.Request.Content!.Headers.ContentType!.MediaType);
        Assert.Equal(Kind.Digital, item.Kind);
    }

    [Fact]
    public async Task The_one_object_of_a_put_is_its_body_and_nearer_headers_win()
    {
        var echo = new Echo();
        using var shop = echo.Client<IShop>();

        await shop.ReplaceAsync(Id, new("L", 2), new Dictionary<string, string> { ["X-More"] = "m" });

        Assert.Contains("\"name\":\"L\"", echo.Body, StringComparison.Ordinal);
        Assert.Equal(["two"], echo.Request.Headers.GetValues("X-Shop"));
        Assert.Equal(["m"], echo.Request.Headers.GetValues("X-More"));
        Assert.False(echo.Request.Headers.Contains("Accept"));
    }

    [Fact]
    public async Task A_generic_method_reads_the_type_it_is_called_with()
    {
        using var shop = new Echo(body: "42").Client<IShop>();

        Assert.Equal(42, await shop.AnyAsync<int>(1));
    }

    [Fact]
    public async Task A_round_tripping_parameter_keeps_its_slashes_and_authorize_adds_its_scheme()
    {
        var echo = new Echo(body: "x");
        using var shop = echo.Client<IShop>(address: "http://partner.test/");

        await shop.FileAsync("a/b c", "secret");

        Assert.Equal("/files/a/b%20c", echo.Request.RequestUri!.AbsolutePath);
        Assert.Equal("Bearer secret", echo.Request.Headers.Authorization!.ToString());
    }

    [Fact]
    public async Task A_cancelled_token_gives_the_call_up()
    {
        using var shop = new Echo().Client<IShop>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shop.GetAsync(Id, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void An_interface_without_requests_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RestService.For<IComparable>("http://partner.test"));
        Assert.Throws<ArgumentException>(() => RestService.For<IShop>(" "));
    }
}
