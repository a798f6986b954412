namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What becomes of a voucher.</summary>
internal static class VoucherScenarios
{
    public static readonly IReadOnlyList<Scenario> All =
    [
        new("voucher earned, redeemed, refused when used", async (scene, cancellationToken) =>
        {
            var voucher = await EarnAsync(scene, cancellationToken);
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken, voucher: voucher);
            await scene.EndsAsync(order, cancellationToken);
            await scene.RefusedAsync([new("EBOOK-SQL", 1)], voucher, cancellationToken);
        }),
        new("voucher given back when the payment is declined", async (scene, cancellationToken) =>
        {
            var voucher = await EarnAsync(scene, cancellationToken);
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken, token: "tok_declined", voucher: voucher);
            await scene.EndsAsync(order, cancellationToken);
        }),
        new("voucher disabled, refused", async (scene, cancellationToken) =>
        {
            var voucher = await EarnAsync(scene, cancellationToken);
            await scene.DisableAsync(voucher, cancellationToken);
            await scene.RefusedAsync([new("EBOOK-SQL", 1)], voucher, cancellationToken);
        }),
    ];

    private static async Task<string> EarnAsync(Scene scene, CancellationToken cancellationToken)
    {
        var order = await scene.PlaceAsync([new("EBOOK-TEMPORAL", 4)], cancellationToken);
        await scene.EndsAsync(order, cancellationToken);
        return await scene.EarnedAsync(order, cancellationToken);
    }
}
