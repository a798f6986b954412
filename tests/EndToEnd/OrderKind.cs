namespace TemporalDelivery.EndToEnd;

/// <summary>A kind of order and what must become of it.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Skus">One of each.</param>
/// <param name="Ends">The status that it must end with.</param>
/// <param name="Charges">How often the customer must have been charged.</param>
/// <param name="Deliveries">How many delivery orders it must have had.</param>
/// <param name="Vouchers">How many vouchers it must have earned.</param>
/// <param name="PaymentToken">What the payment provider sees.</param>
/// <param name="AddressLine2">What the partner sees.</param>
internal sealed record OrderKind(
    string Name,
    string[] Skus,
    string Ends,
    int Charges,
    int Deliveries,
    int Vouchers,
    string PaymentToken = "tok_ok",
    string? AddressLine2 = null
)
{
    /// <summary>Every kind that the system knows how to end.</summary>
    public static readonly IReadOnlyList<OrderKind> All =
    [
        new("only e-books", ["EBOOK-SQL"], "COMPLETED", 1, 0, 0),
        new("only physical", ["BOOK-DDIA"], "COMPLETED", 1, 1, 0),
        new("both, over 100 EUR", ["CHAIR-OAK", "EBOOK-TEMPORAL"], "COMPLETED", 1, 1, 1),
        new("redelivered", ["BOOK-REFACTORING"], "COMPLETED", 1, 2, 0, AddressLine2: "FAIL:RECIPIENT_ABSENT"),
        new("out of stock", ["VASE-RARE", "BOOK-DDIA"], "FAILED", 0, 0, 0),
        new("declined", ["CHAIR-OAK"], "FAILED", 0, 0, 0, PaymentToken: "tok_declined"),
        new("pending, then settled", ["BOOK-DDIA"], "COMPLETED", 1, 1, 0, PaymentToken: "tok_pending"),
        new("pending, then declined", ["EBOOK-SQL"], "FAILED", 0, 0, 0, PaymentToken: "tok_pending_declined"),
    ];

    public object Body(Guid customerId) =>
        new
        {
            customerId,
            lines = Skus.Select(sku => new { sku, quantity = 1 }),
            paymentToken = PaymentToken,
            deliveryAddress = new
            {
                name = "Ada Lovelace",
                line1 = "12 St James's Square",
                line2 = AddressLine2,
                postalCode = "1010",
                city = "Vienna",
                country = "AT",
            },
        };

    public override string ToString() => Name;
}
