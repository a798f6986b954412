using System.Security.Cryptography;
using TemporalDelivery.Hosting.Payloads;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>What operators do with the Temporal CLI and Web UI: they type JSON, and are told what is wrong with it.</summary>
public sealed class OperatorsDayTests
{
    private const string Resolutions = "possible now: REDELIVER, CANCEL, CONFIRM_WITH_PROOF";

    private const string Decision = "expected an object with \"resolution\", \"actor\", \"reason\" (and maybe \"goods\")";

    [Fact]
    public async Task The_natural_JSON_has_a_failed_delivery_brought_again()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, delivery) = await FailedAsync(shop);

        var answer = await shop.Client.AnswerAsync(
            delivery.Id,
            "Resolve",
            """{"resolution":"REDELIVER","reason":"at home tomorrow","actor":"operator:jane","goods":"RETURNED"}"""
        );

        Assert.Contains("\"state\":\"SUPERSEDED\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"lastActor\":\"operator:jane via temporal\"", answer, StringComparison.Ordinal);
        var second = await shop.DeliveryAsync(2);
        await shop.BringAsync(second);
        await AssertRefusalsAsync(
            shop,
            second.Id,
            "ConfirmReceipt",
            (
                $$"""{"actor":"customer:{{AnOrder.Ada}}"}""",
                $"actor: only an operator may act through Temporal's tools, not customer:{AnOrder.Ada}"
            )
        );
        await shop.ConfirmAsync(second);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task Headers_of_a_tools_own_prove_nobody()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (_, delivery) = await FailedAsync(shop);

        var outcome = await shop.Client.UpdateAsync(
            delivery.Id,
            "Resolve",
            """{"resolution":"CONFIRM_WITH_PROOF","reason":"she waved","actor":"operator:jane"}""",
            header: "trace"
        );

        Assert.Contains("\"operator:jane via temporal\"", outcome.Success.Payloads_[0].Data.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Resolution":"CONFIRM_WITH_PROOF","Reason":"she waved","Actor":"operator:jane"}""")]
    [InlineData("""{"RESOLUTION":"CONFIRM_WITH_PROOF","REASON":"she waved","ACTOR":"operator:jane","GOODS":null,"mood":"good"}""")]
    public async Task Any_case_will_do(string json)
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, delivery) = await FailedAsync(shop);

        await shop.Client.AnswerAsync(delivery.Id, "Resolve", json);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task A_decision_that_cannot_be_read_is_refused_field_by_field()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (_, delivery) = await FailedAsync(shop);

        await AssertRefusalsAsync(
            shop,
            delivery.Id,
            "Resolve",
            ("{}", $"resolution: missing, {Resolutions}; actor: missing, possible now: operator:<name>; reason: missing, expected a text"),
            ("""{"resolution":"REDELIVER","reason":"at home","actor":null}""", "actor: missing, possible now: operator:<name>"),
            (
                """{"resolution":"SEND_AGAIN","reason":"at home","actor":"operator:jane"}""",
                $"resolution: \"SEND_AGAIN\" is not possible, {Resolutions}"
            ),
            ("""{"resolution":0,"reason":"at home","actor":"operator:jane"}""", $"resolution: 0 is not possible, {Resolutions}"),
            (
                """{"resolution":"CANCEL","reason":7,"actor":"jane","goods":"GONE"}""",
                "actor: \"jane\" is not possible, possible now: operator:<name>; reason: 7 is not possible, expected a text; "
                    + "goods: \"GONE\" is not possible, expected RETURNED, LOST, KEPT"
            ),
            ("null", $"the message is null, {Decision}"),
            ("\"REDELIVER\"", $"the message is \"REDELIVER\", {Decision}"),
            ("[]", $"the message is [], {Decision}"),
            (null, $"the message is missing, {Decision}"),
            (
                "{resolution: REDELIVER}",
                "the message is not JSON ('r' is an invalid start of a property name. Expected a '\"'. LineNumber: 0 | BytePositionInLine: 1), "
                    + Decision
            ),
            (
                """{"resolution":"CANCEL","reason":"lost","actor":"operator:jane"}""",
                "the partner has picked up the delivery: CANCEL has to say what became of the goods (RETURNED, LOST, KEPT)"
            ),
            ("""{"resolution":"CANCEL","reason":" ","actor":"operator:jane"}""", "a decision needs a reason")
        );
        Assert.Equal(DeliveryState.PendingByOperator, (await delivery.QueryAsync(workflow => workflow.View())).State);
    }

    [Fact]
    public async Task What_orders_are_asked_that_cannot_be_read_is_refused_field_by_field()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();

        await AssertRefusalsAsync(
            shop,
            order.Id,
            "FulfillManually",
            ("{}", "actor: missing, possible now: operator:<name>; reason: missing, expected a text"),
            ("""{"actor":"operator:jane","reason":" "}""", "a manual fulfilment needs a reason"),
            (
                """{"actor":"customer:01920000-0000-7000-8000-000000000001","reason":"mine"}""",
                "actor: only an operator may act through Temporal's tools, not customer:01920000-0000-7000-8000-000000000001"
            )
        );
        await AssertRefusalsAsync(
            shop,
            order.Id,
            "Cancel",
            ("{}", "actor: missing, expected operator:<name> or customer:<uuid>; reason: missing, expected a text")
        );
        Assert.Equal(OrderStatus.Fulfillment, (await order.QueryAsync(workflow => workflow.View())).Status);
    }

    [Fact]
    public async Task What_is_possible_depends_on_the_state()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.UntilAsync(journal => journal.Contains("booked"));

        await AssertRefusalsAsync(
            shop,
            delivery.Id,
            "Resolve",
            (
                """{"resolution":"SEND_AGAIN","reason":"at home","actor":"operator:jane"}""",
                "resolution: \"SEND_AGAIN\" is not possible, possible now: CANCEL"
            ),
            (
                """{"resolution":"REDELIVER","reason":"at home","actor":"operator:jane"}""",
                "REDELIVER is not possible in CREATED; possible there for operator: CANCEL"
            )
        );
        await AssertRefusalsAsync(
            shop,
            delivery.Id,
            "Dispute",
            (
                """{"reason":"TOO_LATE","actor":"jane"}""",
                "actor: \"jane\" is not possible, expected operator:<name> or customer:<uuid>; "
                    + "reason: \"TOO_LATE\" is not possible, nothing is possible now"
            )
        );
        await AssertRefusalsAsync(
            shop,
            delivery.Id,
            "ReleaseStep",
            (
                """{"step":"book the partner","action":"RETRY","actor":"operator:jane","reason":"mended"}""",
                "step: no step waits for an operator"
            )
        );
        await shop.BringAsync(delivery);
        await AssertRefusalsAsync(
            shop,
            delivery.Id,
            "Resolve",
            ("""{"actor":"operator:jane","reason":"done"}""", "resolution: missing, nothing is possible now")
        );
    }

    [Fact]
    public async Task A_stuck_step_is_released()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment");
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var result = order.GetResultAsync();
        await shop.UntilAsync(journal => journal.Any(entry => entry.StartsWith("task STEP_OVERDUE", StringComparison.Ordinal)));

        await AssertRefusalsAsync(
            shop,
            order.Id,
            "ReleaseStep",
            (
                "{}",
                "step: missing, possible now: charge the payment; action: missing, possible now: RETRY, SKIP, FAIL; "
                    + "actor: missing, possible now: operator:<name>; reason: missing, expected a text"
            ),
            (
                """{"step":"charge","action":"RETRY","actor":"operator:jane","reason":"called them"}""",
                "step: 'charge' does not wait for an operator; waiting: 'charge the payment'"
            ),
            (
                """{"step":"charge the payment","action":"IGNORE","actor":"operator:jane","reason":"called them"}""",
                "action: \"IGNORE\" is not possible, possible now: RETRY, SKIP, FAIL"
            ),
            (
                """{"step":"charge the payment","action":"SKIP","outcome":"PAID","actor":"operator:jane","reason":"called them"}""",
                "outcome: 'charge the payment' can have come to SETTLED or DECLINED, not to 'PAID'"
            ),
            (
                """{"step":"charge the payment","action":"SKIP","outcome":"SETTLED","actor":"operator:jane","reason":"called them"}""",
                "reference: SETTLED needs the other side's id of it"
            )
        );
        await shop.Client.AnswerAsync(
            order.Id,
            "ReleaseStep",
            """
            {"step":"charge the payment","action":"SKIP","outcome":"SETTLED","reference":"pay_77","actor":"operator:jane","reason":"called them"}
            """
        );

        Assert.Equal(OrderStatus.Completed, (await result).Status);
    }

    [Fact]
    public async Task A_forged_proof_is_refused()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);
        var forger = await TemporalClient.ConnectAsync(
            new(shop.Client.Connection.Options.TargetHost!)
            {
                Namespace = shop.Client.Options.Namespace,
                DataConverter = PayloadDialect.Converter(),
                Interceptors = [new ActorProofInterceptor(new ActorProof([RandomNumberGenerator.GetBytes(32)]))],
            }
        );

        var refusal = await OpenShop.FailureOfAsync(() => shop.ConfirmAsync(forger.GetWorkflowHandle<DeliveryWorkflow>(delivery.Id)));

        Assert.Equal(
            (ActorProofInterceptor.ActorRefused, $"actor: the proof that it is customer:{AnOrder.Ada} does not fit", true),
            (refusal.ErrorType, refusal.Message, refusal.NonRetryable)
        );
        await shop.ConfirmAsync(delivery);
    }

    [Fact]
    public async Task An_unknown_update_and_an_unknown_encoding_are_refused_for_good()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();

        Assert.Equal(
            "Update handler for Resolv expected but not found, known updates: [ConfirmReceipt Dispute ReleaseStep Resolve]",
            await shop.Client.RefusalAsync(delivery.Id, "Resolv", "{}")
        );
        var failure = await shop.Client.FailureAsync(delivery.Id, "Resolve", "\u0000", "binary/plain");
        Assert.Equal(
            (PayloadDialect.InvalidMessage, $"the message is encoded as binary/plain, expected json/plain: {Decision[9..]}"),
            (failure.ApplicationFailureInfo.Type, failure.Message)
        );
        Assert.Equal(
            $"the message is null, {Decision}",
            (await shop.Client.FailureAsync(delivery.Id, "Resolve", string.Empty, "binary/null")).Message
        );
    }

    [Theory]
    [InlineData("""{"eventId":"e-1"}""")]
    [InlineData("null")]
    [InlineData("\"PICKED_UP\"")]
    [InlineData("not JSON")]
    public async Task A_signal_that_cannot_be_read_is_dropped(string json)
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();

        await shop.Client.SignalAsync(delivery.Id, "PartnerEvent", json);
        await shop.Client.SignalAsync(delivery.Id, "Withdraw", json);
        await shop.Client.SignalAsync(delivery.Id, "Nonsense", json);
        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(DeliveryState.DeliveryConfirmed, (await delivery.GetResultAsync()).State);
        Assert.DoesNotContain((await delivery.FetchHistoryAsync()).Events, happened =>
            happened.WorkflowTaskFailedEventAttributes is not null
        );
    }

    private static async Task AssertRefusalsAsync(
        OpenShop shop,
        string workflowId,
        string update,
        params (string? Json, string Refusal)[] expected
    )
    {
        var refusals = new List<(string?, string)>();
        foreach (var (json, _) in expected)
        {
            refusals.Add((json, await shop.Client.RefusalAsync(workflowId, update, json)));
        }

        Assert.Equal(expected, refusals);
    }

    /// <summary>An order whose delivery waits for an operator: its parcel had left.</summary>
    private static async Task<(WorkflowHandle<OrderWorkflow, OrderView> Order, WorkflowHandle<DeliveryWorkflow> Delivery)> FailedAsync(
        OpenShop shop
    )
    {
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "RECIPIENT_ABSENT");
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        return (order, delivery);
    }
}
