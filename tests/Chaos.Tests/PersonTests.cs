using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Chaos.Shopping;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>What a customer is answered.</summary>
public sealed class PersonTests
{
    private static readonly PlannedOrder Order = ChaosPlan
        .Make(new(1, TimeSpan.FromMinutes(1), 1, HasFaults: true, IsSabotaged: false, "anywhere"))
        .Orders[0];

    [Fact]
    public async Task Whoever_comes_too_late_with_a_voucher_does_without()
    {
        using var api = new FakeApi();
        var orderId = Guid.NewGuid();

        var placing = Person.Customers(api.Client)[0].PlaceAsync(Order, "CODE", TestContext.Current.CancellationToken);
        var first = await api.AnswerAsync(422, """{"errors":[{"code":"VOUCHER_USED"}]}""");
        var second = await api.AnswerAsync(201, $$"""{"orderId":"{{orderId}}"}""");

        Assert.Equal(orderId, await placing);
        Assert.Contains("\"voucherCode\":\"CODE\"", first, StringComparison.Ordinal);
        Assert.Contains("\"voucherCode\":null", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CODE", """{"errors":[{"code":"VOUCHER_UNKNOWN"}]}""")]
    [InlineData("CODE", """{"errors":[{"code":"VOUCHER_USED"},{"code":"ADDRESS_MISSING"}]}""")]
    [InlineData(null, """{"errors":[{"code":"VOUCHER_USED"}]}""")]
    [InlineData("CODE", "no JSON")]
    public async Task Any_other_refusal_is_a_failure(string? voucher, string refusal)
    {
        using var api = new FakeApi();

        var placing = Person.Customers(api.Client)[0].PlaceAsync(Order, voucher, TestContext.Current.CancellationToken);
        await api.AnswerAsync(422, refusal);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => placing);
        Assert.EndsWith(refusal, failure.Message, StringComparison.Ordinal);
    }
}
