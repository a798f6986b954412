namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What may happen to a parcel.</summary>
internal static class DeliveryScenarios
{
    private const int PinTries = 5;

    public static readonly IReadOnlyList<Scenario> All = [new("nobody at home, redelivered", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 2)], cancellationToken, mark: "FAIL:RECIPIENT_ABSENT");
            var parcel = await scene.DeliveryAsync(order, attempt: 1, Scene.WithOperator, cancellationToken);
            await scene.DecideAsync(parcel, "REDELIVER", "RETURNED", cancellationToken);
            await scene.ReceiveAsync(order, attempt: 2, cancellationToken);
        }), new("disputed, then redelivered", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            var parcel = await scene.DeliveryAsync(order, attempt: 1, "DELIVERED", cancellationToken);
            await scene.DisputeAsync(parcel, "NOT_RECEIVED", cancellationToken);
            await scene.DeliveryAsync(order, attempt: 1, Scene.WithOperator, cancellationToken);
            await scene.DecideAsync(parcel, "REDELIVER", "LOST", cancellationToken);
            await scene.ReceiveAsync(order, attempt: 2, cancellationToken);
        }), new("parcel lost, cancelled and refunded", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("LAMP-DESK", 1)], cancellationToken, mark: "FAIL:LOST");
            var parcel = await scene.DeliveryAsync(order, attempt: 1, Scene.WithOperator, cancellationToken);
            await scene.DecideAsync(parcel, "CANCEL", "LOST", cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("refused by the partner, proof of receipt", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken, mark: "FAIL:PARTNER_REJECTED");
            var parcel = await scene.DeliveryAsync(order, attempt: 1, Scene.WithOperator, cancellationToken);
            await scene.DecideAsync(parcel, "CONFIRM_WITH_PROOF", goods: null, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("pickup overdue, redelivered", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken, mark: Scene.NotPickedUp);
            var parcel = await scene.DeliveryAsync(order, attempt: 1, Scene.WithOperator, cancellationToken);
            await scene.DecideAsync(parcel, "REDELIVER", goods: null, cancellationToken);
            await scene.ReceiveAsync(order, attempt: 2, cancellationToken);
        }), new("receipt by PIN, without credentials", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            var parcel = await scene.DeliveryAsync(order, attempt: 1, "DELIVERED", cancellationToken);
            var pin = await scene.PinAsync(parcel, cancellationToken);
            await scene.ConfirmByPinAsync(parcel, Wrong(pin), cancellationToken);
            await scene.ConfirmByPinAsync(parcel, pin, cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        }), new("five wrong PINs lock the receipt", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            var parcel = await scene.DeliveryAsync(order, attempt: 1, "DELIVERED", cancellationToken);
            var pin = await scene.PinAsync(parcel, cancellationToken);
            for (var wrong = 0; wrong < PinTries; wrong++)
            {
                await scene.ConfirmByPinAsync(parcel, Wrong(pin), cancellationToken);
            }

            await scene.ConfirmByPinAsync(parcel, pin, cancellationToken);
            await scene.SettleAsync(order, "RECEIPT_LOCKED", "DONE", cancellationToken);
            await scene.ReceiveAsync(order, attempt: 1, cancellationToken);
        }), new("silence confirms the receipt", async (scene, cancellationToken) =>
        {
            var order = await scene.PlaceAsync([new("BOOK-DDIA", 1)], cancellationToken);
            await scene.EndsAsync(order, cancellationToken);
        })];

    private static string Wrong(string pin) => (char)('0' + ((pin[0] - '0' + 1) % 10)) + pin[1..];
}
