namespace TemporalDelivery.Workflows.Orders;

/// <summary>What a customer asks for, before it is an order.</summary>
/// <param name="CustomerId">Who asks.</param>
/// <param name="Lines">What and how many.</param>
/// <param name="DeliveryAddress">Where to; the customer's own address when null.</param>
/// <param name="PaymentToken">What to charge.</param>
public sealed record OrderDraft(Guid CustomerId, IReadOnlyList<DraftLine> Lines, Address? DeliveryAddress, string? PaymentToken);

/// <summary>One wanted line.</summary>
public sealed record DraftLine(string? Sku, int Quantity);

/// <summary>What the catalogue says about a SKU.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Name">Its name.</param>
/// <param name="PriceCents">Its price now, in EUR cents.</param>
/// <param name="Kind">Whether it travels.</param>
/// <param name="OnSale">Whether it may be ordered.</param>
public sealed record CatalogueItem(string Sku, string Name, long PriceCents, LineKind Kind, bool OnSale);

/// <summary>What must be known to judge a draft: read by the caller, so that the rules stay pure.</summary>
/// <param name="CustomerExists">Whether the customer is known.</param>
/// <param name="CustomerAddress">The customer's own address, if any.</param>
/// <param name="Catalogue">The items of the draft's SKUs that exist, by SKU.</param>
public sealed record OrderFacts(bool CustomerExists, Address? CustomerAddress, IReadOnlyDictionary<string, CatalogueItem> Catalogue);

/// <summary>One broken rule.</summary>
/// <param name="Field">The JSON path in POST's body: <c>lines[2].quantity</c>.</param>
/// <param name="Code">For programs: <c>UNKNOWN_SKU</c>.</param>
/// <param name="Message">For people.</param>
public sealed record OrderFault(string Field, string Code, string Message);

/// <summary>
/// The rules of an order, pure: POST refuses by them with every fault (422, nothing stored), and VALIDATING repeats them.
/// </summary>
public static class OrderRules
{
    /// <summary>The most of one SKU in an order, over all its lines.</summary>
    public const int MaxQuantity = 99;

    /// <summary>The most lines in an order.</summary>
    public const int MaxLines = 100;

    /// <summary>Every fault of the draft, in the order of its fields; none when it may be accepted.</summary>
    public static IReadOnlyList<OrderFault> Faults(OrderDraft draft, OrderFacts facts)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(facts);
        return [.. CustomerFaults(draft, facts), .. LineFaults(draft, facts), .. PaymentFaults(draft), .. AddressFaults(draft, facts)];
    }

    /// <summary>The order's lines at the catalogue's prices. Call it for a draft without faults.</summary>
    public static IReadOnlyList<OrderLine> PricedLines(OrderDraft draft, OrderFacts facts)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(facts);
        return
        [
            .. draft.Lines.Select(line =>
            {
                var item = facts.Catalogue[line.Sku!];
                return new OrderLine(item.Sku, item.Name, line.Quantity, item.PriceCents, item.Kind);
            }),
        ];
    }

    /// <summary>Where the physical lines go: the draft's address, else the customer's; null when no line is physical.</summary>
    public static Address? AddressFor(OrderDraft draft, OrderFacts facts)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(facts);
        return HasPhysicalLine(draft, facts) ? draft.DeliveryAddress ?? facts.CustomerAddress : null;
    }

    private static IEnumerable<OrderFault> CustomerFaults(OrderDraft draft, OrderFacts facts)
    {
        if (!facts.CustomerExists)
        {
            yield return new("customerId", "UNKNOWN_CUSTOMER", $"there is no customer {draft.CustomerId}");
        }
    }

    private static IEnumerable<OrderFault> LineFaults(OrderDraft draft, OrderFacts facts)
    {
        if (draft.Lines.Count is 0 or > MaxLines)
        {
            // Nobody reads what is wrong with each of a hundred thousand lines.
            yield return new("lines", "LINE_COUNT", $"an order has 1 to {MaxLines} lines, not {draft.Lines.Count}");
            yield break;
        }

        var ordered = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var index = 0; index < draft.Lines.Count; index++)
        {
            var line = draft.Lines[index];
            if (string.IsNullOrWhiteSpace(line.Sku))
            {
                yield return new($"lines[{index}].sku", "SKU_MISSING", "a line needs a SKU");
            }
            else if (!facts.Catalogue.TryGetValue(line.Sku, out var item))
            {
                yield return new($"lines[{index}].sku", "UNKNOWN_SKU", $"there is no article {line.Sku}");
            }
            else if (!item.OnSale)
            {
                yield return new($"lines[{index}].sku", "NOT_ON_SALE", $"{line.Sku} is not on sale");
            }

            if (line.Quantity is < 1 or > MaxQuantity)
            {
                yield return new($"lines[{index}].quantity", "QUANTITY", $"1 to {MaxQuantity} may be ordered, not {line.Quantity}");
            }
            else if (line.Sku is { } sku)
            {
                var before = ordered.GetValueOrDefault(sku);
                ordered[sku] = before + line.Quantity;
                if (before > 0 && ordered[sku] > MaxQuantity)
                {
                    yield return new(
                        $"lines[{index}].quantity",
                        "QUANTITY",
                        $"1 to {MaxQuantity} of {sku} may be ordered, not {ordered[sku]} over all lines"
                    );
                }
            }
        }
    }

    private static IEnumerable<OrderFault> PaymentFaults(OrderDraft draft)
    {
        if (string.IsNullOrWhiteSpace(draft.PaymentToken))
        {
            yield return new("paymentToken", "PAYMENT_TOKEN_MISSING", "an order needs a payment token");
        }
    }

    private static IEnumerable<OrderFault> AddressFaults(OrderDraft draft, OrderFacts facts)
    {
        if (!HasPhysicalLine(draft, facts))
        {
            yield break;
        }

        if ((draft.DeliveryAddress ?? facts.CustomerAddress) is not { } address)
        {
            yield return new("deliveryAddress", "ADDRESS_MISSING", "physical articles need a delivery address, and the customer has none");
            yield break;
        }

        foreach (
            var (field, value) in new[]
            {
                ("name", address.Name),
                ("line1", address.Line1),
                ("postalCode", address.PostalCode),
                ("city", address.City),
                ("country", address.Country),
            }
        )
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return new($"deliveryAddress.{field}", "ADDRESS_INCOMPLETE", $"the delivery address lacks its {field}");
            }
        }

        if (!string.IsNullOrWhiteSpace(address.Country) && !(address.Country.Length == 2 && address.Country.All(char.IsAsciiLetterUpper)))
        {
            yield return new("deliveryAddress.country", "COUNTRY", $"a country is two capital letters (ISO 3166), not '{address.Country}'");
        }
    }

    private static bool HasPhysicalLine(OrderDraft draft, OrderFacts facts) =>
        draft.Lines.Any(line => line.Sku is { } sku && facts.Catalogue.TryGetValue(sku, out var item) && item.Kind == LineKind.Physical);
}
