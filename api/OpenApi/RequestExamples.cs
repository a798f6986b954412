namespace TemporalDelivery.Api.OpenApi;

/// <summary>A request as somebody might send it to a shop with the demo's catalogue.</summary>
/// <param name="OperationId">Of which operation.</param>
/// <param name="Name">Its name among the examples of the operation.</param>
/// <param name="Summary">What it shows.</param>
/// <param name="Json">The body.</param>
internal sealed record RequestExample(string OperationId, string Name, string Summary, string Json);

/// <summary>The examples in the API's description.</summary>
internal static class RequestExamples
{
    private static readonly RequestExample[] All =
    [
        new(
            "placeOrder",
            "one",
            "A lamp to an address of its own.",
            """
            {"customerId":"01920000-0000-7000-8000-000000000001","lines":[{"sku":"LAMP-DESK","quantity":1}],"paymentToken":"tok_ok",
            "deliveryAddress":{"name":"Ada Lovelace","line1":"12 St James's Square","postalCode":"10115","city":"Berlin","country":"DE"}}
            """
        ),
        new(
            "placeOrder",
            "several",
            "Two orders, of which both are accepted or none.",
            """
            [{"customerId":"01920000-0000-7000-8000-000000000001","lines":[{"sku":"LAMP-DESK","quantity":1}],"paymentToken":"tok_ok"},
            {"customerId":"01920000-0000-7000-8000-000000000001","lines":[{"sku":"EBOOK-DDIA","quantity":2}],"paymentToken":"tok_ok"}]
            """
        ),
        new("cancelOrder", "cancel", "A change has a reason.", """{"reason":"ordered twice"}"""),
        new(
            "retryOrder",
            "otherCard",
            "Once more, with another means of payment and without the voucher.",
            """{"reason":"a new card","paymentToken":"tok_ok","voucherCode":""}"""
        ),
        new("fulfillOrder", "shop", "Handed over in the shop.", """{"reason":"handed over in the shop"}"""),
        new("confirmReceipt", "byPin", "By whoever has the parcel's PIN.", """{"pin":"123456"}"""),
        new("disputeDelivery", "damaged", "It came broken.", """{"reason":"DAMAGED","note":"the glass is broken"}"""),
        new(
            "resolveDelivery",
            "again",
            "Sent once more; the goods came back.",
            """{"resolution":"REDELIVER","reason":"at home tomorrow","goods":"RETURNED"}"""
        ),
        new("claimTask", "claim", "For an hour.", """{"minutes":60,"reason":"calling the customer"}"""),
        new("resolveTask", "done", "Dealt with.", """{"resolution":"DONE","reason":"paid back by hand"}"""),
        new(
            "putProduct",
            "product",
            "A new article.",
            """{"name":"Desk lamp","kind":"PHYSICAL","priceCents":8900,"onSale":true,"reason":"new in the catalogue"}"""
        ),
        new("changeStock", "restock", "Ten more.", """{"change":10,"reason":"a delivery of the maker"}"""),
        new("addApiKey", "shopfront", "Places orders, for a year.", """{"name":"shopfront","role":"client","scopes":["orders"]}"""),
        new("addWebhookEndpoint", "endpoint", "Everything about orders.", """{"url":"https://shop.example/hooks","topics":["order.*"]}"""),
        new(
            "receivePartnerEvent",
            "pickedUp",
            "The courier has it.",
            """
            {"eventId":"evt_1","type":"PICKED_UP","deliveryOrderId":"01920000-0000-7000-8000-00000000000a","partnerDeliveryNumber":"PD-1",
            "occurredAt":"2026-11-30T10:00:00Z"}
            """
        ),
        new(
            "receivePaymentEvent",
            "settled",
            "A pending charge was paid.",
            """
            {"eventId":"evt_2","type":"payment.settled","paymentId":"ch_1","orderId":"01920000-0000-7000-8000-00000000000b","attempt":1,
            "occurredAt":"2026-11-30T10:00:00Z"}
            """
        ),
    ];

    /// <summary>The examples of an operation.</summary>
    public static IEnumerable<RequestExample> Of(string? operationId) => All.Where(example => example.OperationId == operationId);
}
