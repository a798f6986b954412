using System.Text.Json;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>What leaves the process bears the names of the domain.</summary>
public sealed class WireNamesTests
{
    [Fact]
    public void Workflows_and_their_messages_are_sent_under_the_names_that_histories_and_operators_know()
    {
        var order = WorkflowDefinition.Create<OrderWorkflow>();
        var delivery = WorkflowDefinition.Create<DeliveryWorkflow>();

        Assert.Equal(
            "OrderWorkflow Cancel FulfillManually ReleaseStep DeliveryEnded DeliveryLost PaymentEvent WithdrawalRefused View",
            Names(order)
        );
        Assert.Equal("DeliveryWorkflow ConfirmReceipt Dispute ReleaseStep Resolve PartnerEvent ReportEnd Withdraw View", Names(delivery));

        static string Names(WorkflowDefinition workflow) =>
            string.Join(
                ' ',
                [workflow.Name!, .. workflow.Updates.Keys.Order(), .. workflow.Signals.Keys.Order(), .. workflow.Queries.Keys]
            );
    }

    [Fact]
    public void States_are_written_by_their_names()
    {
        Assert.Equal("\"INVENTORY_CHECK\"", JsonSerializer.Serialize(OrderStatus.InventoryCheck));
        Assert.Equal("PENDING_BY_OPERATOR", DeliveryState.PendingByOperator.WireName());
        Assert.Equal(DeliveryFailureReason.RecipientAbsent, WireNames.Parse<DeliveryFailureReason>("RECIPIENT_ABSENT"));
    }

    [Fact]
    public void A_value_that_no_enum_has_has_no_name_and_no_meaning()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ((DeliveryState)99).WireName());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((OperatorTaskKind)99).Resolutions());
    }

    [Theory]
    [InlineData("jane")]
    [InlineData("operator:")]
    [InlineData("customer:ada")]
    public void What_names_nobody_is_no_actor(string text)
    {
        Assert.Throws<FormatException>(() => Actor.Parse(text));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Actor>($"\"{text}\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Actor>("7"));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones() =>
        Assert.Contains(
            "expected one of REDELIVER, CANCEL, CONFIRM_WITH_PROOF",
            Assert.Throws<FormatException>(() => WireNames.Parse<DeliveryResolution>("redeliver")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("system")]
    [InlineData("partner")]
    [InlineData("payments")]
    [InlineData("operator:jane")]
    [InlineData("customer:01920000-0000-7000-8000-000000000001")]
    public void An_actor_is_one_text(string text)
    {
        Assert.Equal(text, Actor.Parse(text).ToString());
        Assert.Equal(Actor.Parse(text), JsonSerializer.Deserialize<Actor>(JsonSerializer.Serialize(Actor.Parse(text))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("operator")]
    [InlineData("operator: ")]
    [InlineData("customer:ada")]
    [InlineData("system:root")]
    [InlineData("god")]
    public void What_is_no_actor_is_refused(string? text) => Assert.False(Actor.TryParse(text, out _));
}
