using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Tests;

public sealed class VouchersTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);

    [Fact]
    public async Task A_voucher_that_cannot_be_redeemed_is_refused_before_an_order_is_accepted()
    {
        var (ready, used, disabled, foreign) = (
            await api.VoucherAsync(ApiApplication.Ada, "READY"),
            await api.VoucherAsync(ApiApplication.Ada, "USED"),
            await api.VoucherAsync(ApiApplication.Ada, "DISABLED"),
            await api.VoucherAsync(ApiApplication.Grace, "READY")
        );
        var before = await api.CountOrdersAsync();

        using var answer = await ada.PostAsJsonAsync(
            "/orders",
            new[] { ready, used, disabled, foreign, VoucherCode.New(), "5 EUR", ready.ToLowerInvariant().Replace("-", "") }.Select(Order)
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            [
                "#/1/voucherCode VOUCHER_USED",
                "#/2/voucherCode VOUCHER_DISABLED",
                "#/3/voucherCode VOUCHER_UNKNOWN",
                "#/4/voucherCode VOUCHER_UNKNOWN",
                "#/5/voucherCode VOUCHER_MALFORMED",
                "#/6/voucherCode VOUCHER_USED",
            ],
            problem.GetProperty("errors").EnumerateArray().Select(fault => $"{fault.GetProperty("pointer")} {fault.GetProperty("code")}")
        );
        Assert.Equal(before, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task A_voucher_that_can_be_redeemed_is_accepted_however_it_was_typed()
    {
        var code = await api.VoucherAsync(ApiApplication.Ada, "READY");

        using var answer = await ada.PostAsJsonAsync("/orders", Order($" {code.ToLowerInvariant().Replace('-', ' ')} "));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_retry_with_another_voucher_that_cannot_be_redeemed_is_refused()
    {
        var used = await api.VoucherAsync(ApiApplication.Ada, "USED");
        var order = await ada.PlaceAsync(Order(null));

        using var answer = await ada.PostAsJsonAsync($"/orders/{order}/retry", new { reason = "again", voucherCode = used });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(["#/voucherCode"], await answer.PointersAsync());
    }

    [Fact]
    public async Task A_customers_vouchers_are_listed_for_them_and_for_operators_and_for_no_other()
    {
        var codes = new List<string>();
        for (var count = 0; count < 3; count++)
        {
            codes.Insert(0, await api.VoucherAsync(ApiApplication.Addressless, "READY"));
        }

        var owner = api.AsCustomer(ApiApplication.Addressless);
        var first = await owner.GetFromJsonAsync<JsonElement>("/vouchers?limit=2");
        var rest = await owner.GetFromJsonAsync<JsonElement>($"/vouchers?limit=2&cursor={first.GetProperty("next").GetString()}");
        var byOperator = await api.AsOperator().GetFromJsonAsync<JsonElement>($"/vouchers?customerId={ApiApplication.Addressless}");
        using var foreign = await ada.GetAsync($"/vouchers?customerId={ApiApplication.Addressless}");
        using var whose = await api.AsOperator().GetAsync("/vouchers");

        Assert.Equal(codes, Codes(first).Concat(Codes(rest)));
        Assert.Equal(codes, Codes(byOperator));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, whose.StatusCode);
    }

    private static IEnumerable<string?> Codes(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(voucher => voucher.GetProperty("code").GetString());

    private static object Order(string? voucherCode) =>
        new
        {
            customerId = ApiApplication.Ada,
            lines = new[] { new { sku = "LAMP-DESK", quantity = 1 } },
            paymentToken = "tok_ok",
            voucherCode,
        };
}
