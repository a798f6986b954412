namespace TemporalDelivery.Simulators.Demo;

/// <summary>A kind of order and how it must end.</summary>
/// <param name="Name">What makes it a kind of its own.</param>
/// <param name="Lines">What is ordered.</param>
/// <param name="Ends">Its last status.</param>
/// <param name="Deliveries">The least number of delivery orders; exactly none when 0.</param>
/// <param name="Voucher">Whether it earns a voucher.</param>
/// <param name="Failure">Why it fails, when it must.</param>
/// <param name="PaymentToken">What the payment provider decides by.</param>
/// <param name="AddressLine2">What the partner decides by.</param>
internal sealed record OrderKind(
    string Name,
    IReadOnlyList<KindLine> Lines,
    string Ends,
    int Deliveries = 0,
    bool Voucher = false,
    string? Failure = null,
    string PaymentToken = "tok_ok",
    string? AddressLine2 = null
)
{
    private const string Completed = "COMPLETED";
    private const string Failed = "FAILED";

    /// <summary>Every kind of order that the shop knows.</summary>
    public static readonly IReadOnlyList<OrderKind> All =
    [
        new("only e-books, under 100 EUR", [new("EBOOK-SQL", 1), new("EBOOK-TEMPORAL", 1)], Completed),
        new("only e-books, over 100 EUR", [new("EBOOK-TEMPORAL", 4)], Completed, Voucher: true),
        new("only physical, under 100 EUR", [new("BOOK-DDIA", 1)], Completed, Deliveries: 1),
        new("only physical, over 100 EUR", [new("CHAIR-OAK", 1)], Completed, Deliveries: 1, Voucher: true),
        new("both, under 100 EUR", [new("BOOK-REFACTORING", 1), new("EBOOK-SQL", 1)], Completed, Deliveries: 1),
        new("both, over 100 EUR", [new("LAMP-DESK", 1), new("EBOOK-TEMPORAL", 1)], Completed, Deliveries: 1, Voucher: true),
        new("delivery fails, redelivered", [new("BOOK-DDIA", 2)], Completed, Deliveries: 2, AddressLine2: "FAIL:RECIPIENT_ABSENT"),
        new("out of stock", [new("VASE-RARE", 1), new("BOOK-DDIA", 1)], Failed, Failure: "OUT_OF_STOCK"),
        new("payment declined", [new("CHAIR-OAK", 1)], Failed, Failure: "PAYMENT_DECLINED", PaymentToken: "tok_declined"),
        new("payment pending, then settled", [new("EBOOK-SQL", 1)], Completed, PaymentToken: "tok_pending"),
        new(
            "payment pending, then declined",
            [new("BOOK-DDIA", 1)],
            Failed,
            Failure: "PAYMENT_DECLINED",
            PaymentToken: "tok_pending_declined"
        ),
    ];
}

/// <summary>So many of one article.</summary>
internal sealed record KindLine(string Sku, int Quantity);
