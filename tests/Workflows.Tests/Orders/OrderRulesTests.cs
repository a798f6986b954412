using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>The rules that POST and VALIDATING share.</summary>
public sealed class OrderRulesTests
{
    private static readonly Address Home = new("Ada", "Main Street 1", null, "10115", "Berlin", "DE");

    private static readonly OrderFacts Facts = new(
        CustomerExists: true,
        CustomerAddress: null,
        new[]
        {
            new CatalogueItem("BOOK", "A book", 4799, LineKind.Physical, OnSale: true),
            new CatalogueItem("EBOOK", "An e-book", 1999, LineKind.Digital, OnSale: true),
            new CatalogueItem("RETIRED", "Gone", 1000, LineKind.Digital, OnSale: false),
        }.ToDictionary(item => item.Sku)
    );

    [Fact]
    public void A_good_order_has_no_faults_and_takes_its_prices_from_the_catalogue()
    {
        var draft = Draft(Home, new DraftLine("BOOK", 99), new DraftLine("EBOOK", 1));

        Assert.Empty(OrderRules.Faults(draft, Facts));
        Assert.Equal(
            [new OrderLine("BOOK", "A book", 99, 4799, LineKind.Physical), new OrderLine("EBOOK", "An e-book", 1, 1999, LineKind.Digital)],
            OrderRules.PricedLines(draft, Facts)
        );
        Assert.Equal(Home, OrderRules.AddressFor(draft, Facts));
    }

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        var draft = new OrderDraft(
            Guid.NewGuid(),
            [new("BOOK", 0), new("EBOOK", 100_000), new("NOWHERE", 1), new("RETIRED", 1), new(null, -1)],
            DeliveryAddress: null,
            PaymentToken: " "
        );

        var faults = OrderRules.Faults(draft, Facts with { CustomerExists = false });

        Assert.Equal(
            [
                new("customerId", "UNKNOWN_CUSTOMER", $"there is no customer {draft.CustomerId}"),
                new("lines[0].quantity", "QUANTITY", "1 to 99 may be ordered, not 0"),
                new("lines[1].quantity", "QUANTITY", "1 to 99 may be ordered, not 100000"),
                new("lines[2].sku", "UNKNOWN_SKU", "there is no article NOWHERE"),
                new("lines[3].sku", "NOT_ON_SALE", "RETIRED is not on sale"),
                new("lines[4].sku", "SKU_MISSING", "a line needs a SKU"),
                new("lines[4].quantity", "QUANTITY", "1 to 99 may be ordered, not -1"),
                new("paymentToken", "PAYMENT_TOKEN_MISSING", "an order needs a payment token"),
                new(
                    "deliveryAddress",
                    "ADDRESS_MISSING",
                    "physical articles need a delivery address, and the customer has none"
                ),
            ],
            faults
        );
    }

    [Fact]
    public void An_order_has_at_least_one_line_and_at_most_a_hundred()
    {
        Assert.Equal(
            new OrderFault("lines", "LINE_COUNT", "an order has 1 to 100 lines, not 0"),
            Assert.Single(OrderRules.Faults(Draft(Home), Facts))
        );
        Assert.Equal("an order has 1 to 100 lines, not 101", Assert.Single(OrderRules.Faults(Of(101), Facts)).Message);
        Assert.Equal(100, OrderRules.Faults(Of(100), Facts).Count(fault => fault.Code == "UNKNOWN_SKU"));

        static OrderDraft Of(int lines) => Draft(Home, [.. Enumerable.Repeat(new DraftLine("NOWHERE", 1), lines)]);
    }

    [Fact]
    public void One_SKU_in_several_lines_counts_together()
    {
        Assert.Equal(
            new OrderFault("lines[1].quantity", "QUANTITY", "1 to 99 of EBOOK may be ordered, not 120 over all lines"),
            Assert.Single(OrderRules.Faults(Draft(Home, new DraftLine("EBOOK", 60), new DraftLine("EBOOK", 60)), Facts))
        );
        Assert.Empty(OrderRules.Faults(Draft(Home, new DraftLine("EBOOK", 60), new DraftLine("EBOOK", 39)), Facts));
    }

    [Fact]
    public void An_address_that_the_order_brings_comes_before_the_customers_own()
    {
        var away = Home with { Line1 = "Side Street 2" };

        Assert.Equal(away, OrderRules.AddressFor(Draft(away, new DraftLine("BOOK", 1)), Facts with { CustomerAddress = Home }));
    }

    [Fact]
    public void The_customers_own_address_serves_when_the_order_brings_none()
    {
        var draft = Draft(address: null, new DraftLine("BOOK", 1));

        Assert.Empty(OrderRules.Faults(draft, Facts with { CustomerAddress = Home }));
        Assert.Equal(Home, OrderRules.AddressFor(draft, Facts with { CustomerAddress = Home }));
    }

    [Fact]
    public void What_does_not_travel_needs_no_address()
    {
        var draft = Draft(address: null, new DraftLine("EBOOK", 1));

        Assert.Empty(OrderRules.Faults(draft, Facts));
        Assert.Null(OrderRules.AddressFor(draft, Facts with { CustomerAddress = Home }));
    }

    [Fact]
    public void An_incomplete_address_is_refused_field_by_field() =>
        Assert.Equal(
            ["deliveryAddress.name", "deliveryAddress.city", "deliveryAddress.country"],
            OrderRules
                .Faults(Draft(Home with { Name = "", City = " ", Country = "Germany" }, new DraftLine("BOOK", 1)), Facts)
                .Select(fault => fault.Field)
        );

    [Fact]
    public void An_address_without_a_country_lacks_it_and_nothing_else() =>
        Assert.Equal(
            ["ADDRESS_INCOMPLETE"],
            OrderRules.Faults(Draft(Home with { Country = "" }, new DraftLine("BOOK", 1)), Facts).Select(fault => fault.Code)
        );

    [Theory]
    [InlineData("de")]
    [InlineData("D1")]
    [InlineData("DEU")]
    public void A_country_is_two_capital_letters(string country) =>
        Assert.Equal(
            ["COUNTRY"],
            OrderRules.Faults(Draft(Home with { Country = country }, new DraftLine("BOOK", 1)), Facts).Select(fault => fault.Code)
        );

    [Fact]
    public void A_line_of_nothing_in_particular_is_refused() =>
        Assert.Equal(["lines[0].sku"], OrderRules.Faults(Draft(Home, new DraftLine(null, 1)), Facts).Select(fault => fault.Field));

    private static OrderDraft Draft(Address? address, params DraftLine[] lines) => new(Guid.NewGuid(), lines, address, "tok_ok");
}
