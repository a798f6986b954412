namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What others do to an order: Temporal's own tools, the payment service by the broker.</summary>
internal static class OperationScenarios
{
    public static readonly IReadOnlyList<Scenario> All =
    [
        new("workflow reset in the midst of the delivery", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1), new("EBOOK-SQL", 1)], cancellationToken);
            await scene.DeliveryAsync(order, attempt: 1, "DELIVERED", cancellationToken);
            await scene.ResetAsync(order, cancellationToken);
            await scene.ReceiveAsync(order, attempt: 1, cancellationToken);
        }),
        new($"{Row.NeedsBroker}payment.succeeded settles a pending payment", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("EBOOK-SQL", 1)], cancellationToken, token: "tok_pending_for_ever");
            await scene.PayByBrokerAsync(order, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }),
    ];
}
