namespace TemporalDelivery.Chaos.Plan;

/// <summary>A kind of order: what is ordered, what its customer and the operator do, and how it may end.</summary>
/// <param name="Name">For people.</param>
/// <param name="Weight">How many of a hundred orders or so are of it.</param>
/// <param name="Skus">One line of each.</param>
/// <param name="Ends">The statuses that it may end with.</param>
internal sealed record OrderKind(string Name, int Weight, string[] Skus, params string[] Ends)
{
    private const string Completed = "COMPLETED";
    private const string Failed = "FAILED";
    private const string Cancelled = "CANCELLED";
    private static readonly string[] Ebook = ["EBOOK-SQL"];
    private static readonly string[] Parcel = ["BOOK-DDIA"];
    private static readonly string[] Both = ["CHAIR-OAK", "EBOOK-TEMPORAL"];

    /// <summary>What the payment provider sees.</summary>
    public string Token { get; init; } = "tok_ok";

    /// <summary>What the partner sees in the address; makes the kind one of those with faults.</summary>
    public string? Mark { get; init; }

    /// <summary>A voucher that the customer has earned is redeemed, if there is one.</summary>
    public bool UsesVoucher { get; init; }

    /// <summary>The customer cancels at some moment.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>An operator hands the goods over in the shop.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>The customer disputes the first delivery.</summary>
    public bool IsDisputed { get; init; }

    /// <summary>The customer tries it once more when it has FAILED.</summary>
    public bool IsRetried { get; init; }

    /// <summary>Whether a part of it travels.</summary>
    public bool IsPhysical => Skus.Any(sku => !sku.StartsWith("EBOOK", StringComparison.Ordinal));

    /// <summary>Every kind.</summary>
    public static readonly IReadOnlyList<OrderKind> All =
    [
        new("e-book", 14, Ebook, Completed),
        new("parcel", 14, Parcel, Completed),
        new("both, earns a voucher", 12, Both, Completed),
        // Whoever else has redeemed the same code first is preferred.
        new("voucher", 8, Parcel, Completed, Failed) { UsesVoucher = true },
        new("voucher, declined", 3, Ebook, Failed) { UsesVoucher = true, Token = "tok_declined" },
        new("voucher, cancelled", 4, Both, Completed, Failed, Cancelled) { UsesVoucher = true, IsCancelled = true },
        new("out of stock", 3, ["VASE-RARE", "EBOOK-SQL"], Failed),
        new("declined", 3, Parcel, Failed) { Token = "tok_declined" },
        new("declined once, retried", 4, Both, Completed) { Token = "tok_declined_once", IsRetried = true },
        new("declined twice, retried", 2, Ebook, Failed) { Token = "tok_declined", IsRetried = true },
        new("pending, settled", 6, Both, Completed) { Token = "tok_pending" },
        new("pending, declined", 4, Parcel, Failed) { Token = "tok_pending_declined" },
        new("pending, timed out", 3, Ebook, Failed) { Token = "tok_pending_for_ever" },
        new("pending, timed out, retried", 2, Parcel, Failed) { Token = "tok_pending_for_ever", IsRetried = true },
        new("pending, cancelled", 4, Ebook, Completed, Cancelled) { Token = "tok_pending", IsCancelled = true },
        new("pending, declined or cancelled", 3, Parcel, Failed, Cancelled) { Token = "tok_pending_declined", IsCancelled = true },
        new("e-book, cancelled", 4, Ebook, Completed, Cancelled) { IsCancelled = true },
        new("parcel, cancelled", 8, Parcel, Completed, Cancelled) { IsCancelled = true },
        new("both, cancelled", 5, Both, Completed, Cancelled) { IsCancelled = true },
        new("disputed", 6, Parcel, Completed, Cancelled) { IsDisputed = true },
        new("handed over", 4, Parcel, Completed) { IsHandedOver = true },
        new("recipient absent", 4, Parcel, Completed, Cancelled) { Mark = "FAIL:RECIPIENT_ABSENT" },
        new("lost", 3, Both, Completed, Cancelled) { Mark = "FAIL:LOST" },
        new("rejected", 3, Parcel, Completed, Cancelled) { Mark = "FAIL:PARTNER_REJECTED" },
        new("booking answered 422", 3, Parcel, Completed, Cancelled) { Mark = "REFUSE:422" },
        new("booking answered 404", 2, Both, Completed, Cancelled) { Mark = "REFUSE:404" },
    ];
}
