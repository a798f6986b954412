namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>How an order is paid, and what it is of.</summary>
internal static class PaymentScenarios
{
    public static readonly IReadOnlyList<Scenario> All = [new("e-book, payment settled", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("physical, confirmed by the customer", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            await scene.ReceiveAsync(order, attempt: 1, cancellationToken);
        }), new("e-book and physical", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-REFACTORING", 1), new("EBOOK-SQL", 1)], cancellationToken);
            await scene.ReceiveAsync(order, attempt: 1, cancellationToken);
        }), new("payment declined, then another card", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken, token: "tok_declined");
            await scene.EndsAsync(order, cancellationToken);
            await scene.RetryAsync(order, "tok_ok", cancellationToken);
            await scene.EndsAsync(order, cancellationToken, "COMPLETED");
        }), new("payment pending, then settled", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 2)], cancellationToken, token: "tok_pending");
            await scene.EndsAsync(order, cancellationToken);
        }), new("payment pending, then declined", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken, token: "tok_pending_declined");
            await scene.EndsAsync(order, cancellationToken);
        }), new("out of stock", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1), new("VASE-RARE", 1)], cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        })];
}
