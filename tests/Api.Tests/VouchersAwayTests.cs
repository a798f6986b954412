using System.Net;
using System.Net.Http.Json;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Tests;

public sealed class VouchersAwayTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    [Fact]
    public async Task Where_the_vouchers_do_not_answer_an_order_is_accepted()
    {
        await api.ExecuteAsync("drop schema vouchers cascade");

        using var answer = await api.AsCustomer(ApiApplication.Ada)
            .PostAsJsonAsync(
                "/orders",
                new
                {
                    customerId = ApiApplication.Ada,
                    lines = new[] { new { sku = "LAMP-DESK", quantity = 1 } },
                    paymentToken = "tok_ok",
                    voucherCode = VoucherCode.New(),
                }
            );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
