using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

/// <summary>What an order would cost.</summary>
public sealed class QuoteTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);

    [Fact]
    public async Task A_quote_tells_what_POST_would_accept_and_charge_and_stores_nothing()
    {
        var before = await api.CountOrdersAsync();
        var code = await api.VoucherAsync(ApiApplication.Ada, "READY");
        var order = new
        {
            customerId = ApiApplication.Ada,
            lines = new[] { new { sku = "LAMP-DESK", quantity = 2 }, new { sku = "EBOOK-SQL", quantity = 1 } },
            voucherCode = code,
        };

        var quote = await QuoteAsync(order);

        Assert.Empty(quote.GetProperty("faults").EnumerateArray());
        Assert.Equal(
            (17800 + 1999, 500, 17800 + 1999 - 500, "EUR"),
            (
                Cents(quote, "totalCents"),
                Cents(quote, "discountCents"),
                Cents(quote, "payableCents"),
                quote.GetProperty("currency").GetString()
            )
        );
        Assert.Equal(
            ["LAMP-DESK", "EBOOK-SQL"],
            quote.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("sku").GetString())
        );
        Assert.Equal(before, await api.CountOrdersAsync());
        Assert.Equal(JsonSerializer.Serialize(quote), JsonSerializer.Serialize(await QuoteAsync(order)));
    }

    [Fact]
    public async Task A_voucher_takes_off_no_more_than_there_is_to_pay()
    {
        var code = await api.VoucherAsync(ApiApplication.Ada, "READY");

        var quote = await QuoteAsync(
            new
            {
                customerId = ApiApplication.Ada,
                lines = new[] { new { sku = "NO-SUCH", quantity = 1 } },
                voucherCode = code,
            }
        );

        Assert.Equal((0, 0, 0), (Cents(quote, "totalCents"), Cents(quote, "discountCents"), Cents(quote, "payableCents")));
    }

    [Fact]
    public async Task Every_fault_is_told_as_POST_tells_it_and_what_is_right_has_its_price()
    {
        var order = new
        {
            customerId = ApiApplication.Ada,
            lines = new[]
            {
                new { sku = "LAMP-DESK", quantity = 1 },
                new { sku = "NO-SUCH", quantity = 1 },
                new { sku = "EBOOK-SQL", quantity = 0 },
            },
            paymentToken = " ",
            voucherCode = "5 EUR",
        };

        var quote = await QuoteAsync(order);

        using var refused = await ada.PostAsJsonAsync("/orders", order);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal((await refused.JsonAsync()).GetProperty("errors").ToString(), quote.GetProperty("faults").ToString());
        Assert.Equal(8900, Cents(quote, "totalCents"));
        Assert.Single(quote.GetProperty("lines").EnumerateArray());
    }

    [Fact]
    public async Task Nobody_asks_for_the_prices_of_another_customer()
    {
        using var answer = await ada.PostAsJsonAsync("/orders/quote", Stories.Order(ApiApplication.Grace));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<JsonElement> QuoteAsync(object order)
    {
        using var answer = await ada.PostAsJsonAsync("/orders/quote", order);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.JsonAsync();
    }

    private static long Cents(JsonElement quote, string member) => quote.GetProperty(member).GetInt64();
}
