namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>Who wants an order no more, and when.</summary>
internal static class CancelScenarios
{
    public static readonly IReadOnlyList<Scenario> All = [new("cancelled while the payment is pending", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken, token: "tok_pending_for_ever");
            await scene.StandsAsync(order, "PAYMENT_PROCESSING", cancellationToken);
            await scene.CancelAsync(order, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("cancelled before the pickup", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1), new("EBOOK-SQL", 1)], cancellationToken, mark: Scene.NotPickedUp);
            await scene.BookedAsync(order, cancellationToken);
            await scene.CancelAsync(order, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("cancel refused after the pickup", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            await scene.DeliveryAsync(order, attempt: 1, "DELIVERED", cancellationToken);
            await scene.CancelAsync(order, cancellationToken);
            await scene.ReceiveAsync(order, attempt: 1, cancellationToken);
        }), new("handed over in the shop", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken, mark: Scene.NotPickedUp);
            await scene.BookedAsync(order, cancellationToken);
            await scene.FulfilAsync(order, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        })];
}
