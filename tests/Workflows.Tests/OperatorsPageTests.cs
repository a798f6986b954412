using System.Text.RegularExpressions;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Pages;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>What the list and the page of Temporal's tools show of orders and deliveries.</summary>
public sealed partial class OperatorsPageTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_that_waits_for_an_operator_is_found_by_its_task_and_says_what_to_paste()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(2), AnOrder.Ebook()));
        var delivery = await FailAsync(shop);

        var listed = await FindAsync(shop.Client, "OperatorTask = 'DELIVERY_PENDING' AND ExecutionStatus = 'Running'");

        Assert.Equal(delivery.Id, listed.Id);
        Assert.Equal(
            [
                ("CustomerId", AnOrder.Ada.ToString()),
                ("DeliveryState", "PENDING_BY_OPERATOR"),
                ("FailureReason", "RECIPIENT_ABSENT"),
                ("OperatorTask", "DELIVERY_PENDING"),
                ("OrderId", order.Id["order-".Length..]),
            ],
            Attributes(listed)
        );
        var described = await delivery.DescribeAsync();
        Assert.Equal("delivery 1 of an order of 2 lines, 115.97 EUR", await described.GetStaticSummaryAsync());
        Assert.Equal(DeliveryPage.Details, await described.GetStaticDetailsAsync());
        var details = (await MetadataAsync(delivery)).CurrentDetails;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Attributes(listed)) + "\n\n" + details);
        Assert.Equal(
            """
            ### What happened

            - DAY: CREATED, by system
            - DAY: PICKED_UP, by partner
            - DAY: PENDING_BY_OPERATOR (RECIPIENT_ABSENT), by system

            ### What an operator has to do

            - `DELIVERY_PENDING`

            ### What is possible now

            Fill in who you are (`operator:jane`) and why, and send it as the update's input.

            **Resolve**, to send it again; the goods that had left are back on the shelf:
            ```json
            {"resolution":"REDELIVER","goods":"RETURNED","actor":"operator:","reason":""}
            ```

            **Resolve**, to send it again; the goods that had left are lost:
            ```json
            {"resolution":"REDELIVER","goods":"LOST","actor":"operator:","reason":""}
            ```

            **Resolve**, to send it again; the goods that had left are the customer's to keep:
            ```json
            {"resolution":"REDELIVER","goods":"KEPT","actor":"operator:","reason":""}
            ```

            **Resolve**, to give it up: the order is cancelled and paid back; the goods that had left are back on the shelf:
            ```json
            {"resolution":"CANCEL","goods":"RETURNED","actor":"operator:","reason":""}
            ```

            **Resolve**, to give it up: the order is cancelled and paid back; the goods that had left are lost:
            ```json
            {"resolution":"CANCEL","goods":"LOST","actor":"operator:","reason":""}
            ```

            **Resolve**, to give it up: the order is cancelled and paid back; the goods that had left are the customer's to keep:
            ```json
            {"resolution":"CANCEL","goods":"KEPT","actor":"operator:","reason":""}
            ```

            **Resolve**, to confirm it; the reason says what proves it:
            ```json
            {"resolution":"CONFIRM_WITH_PROOF","actor":"operator:","reason":""}
            ```

            """,
            Day().Replace(details, "- DAY:")
        );
    }

    [Fact]
    public async Task What_stands_on_the_page_works_when_it_is_pasted_and_filled_in()
    {
        foreach (var index in Enumerable.Range(0, 7))
        {
            await using var shop = await OpenShop.OpenAsync();
            await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
            var delivery = await FailAsync(shop);
            var (update, json) = (await MovesAsync(delivery))[index];

            await shop.Client.RefusalAsync(delivery.Id, update, json);
            await shop.Client.AnswerAsync(delivery.Id, update, Filled(json));

            Assert.NotEqual(DeliveryState.PendingByOperator, (await delivery.QueryAsync(workflow => workflow.View())).State);
        }
    }

    [Fact]
    public async Task The_page_of_an_order_whose_step_is_stuck_offers_its_releases()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment");
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var result = order.GetResultAsync();

        var listed = await FindAsync(shop.Client, "OperatorTask = 'STEP_OVERDUE'");

        Assert.Equal((order.Id, "PAYMENT_PROCESSING"), (listed.Id, Attributes(listed).ToDictionary()["OrderStatus"]));
        Assert.Equal(
            [
                ("Cancel", """{"actor":"operator:","reason":""}"""),
                ("ReleaseStep", """{"step":"charge the payment","action":"RETRY","actor":"operator:","reason":""}"""),
                (
                    "ReleaseStep",
                    """{"step":"charge the payment","action":"SKIP","outcome":"SETTLED","reference":"","actor":"operator:","reason":""}"""
                ),
                ("ReleaseStep", """{"step":"charge the payment","action":"SKIP","outcome":"DECLINED","actor":"operator:","reason":""}"""),
                ("ReleaseStep", """{"step":"charge the payment","action":"FAIL","actor":"operator:","reason":""}"""),
            ],
            await MovesAsync(order)
        );
        await shop.Client.AnswerAsync(order.Id, "ReleaseStep", Filled((await MovesAsync(order))[3].Json));
        await OpenShop.FailureOfAsync(result);

        var ended = await FindAsync(shop.Client, "OrderStatus = 'FAILED' AND FailureReason = 'PAYMENT_DECLINED'");
        Assert.Equal(order.Id, ended.Id);
        Assert.DoesNotContain(Attributes(ended), attribute => attribute.Name == "OperatorTask");
        Assert.Empty(await MovesAsync(order));
    }

    [Fact]
    public async Task An_order_is_listed_by_customer_status_and_summary_to_its_end_and_no_upsert_has_a_task_of_its_own()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await FindAsync(shop.Client, $"CustomerId = '{AnOrder.Ada}' AND OrderStatus = 'FULFILLMENT'");
        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);
        await order.GetResultAsync();

        var ended = await FindAsync(shop.Client, "OrderStatus = 'COMPLETED'");

        Assert.Equal(order.Id, ended.Id);
        Assert.Equal("1 line, 47.99 EUR", await (await order.DescribeAsync()).GetStaticSummaryAsync());
        var confirmed = await FindAsync(shop.Client, "DeliveryState = 'DELIVERY_CONFIRMED'");
        Assert.Equal(delivery.Id, confirmed.Id);
        foreach (WorkflowHandle workflow in (WorkflowHandle[])[order, delivery])
        {
            var events = (await workflow.FetchHistoryAsync()).Events;
            Assert.All(events.Where(e => e.EventType == EventType.UpsertWorkflowSearchAttributes), upsert =>
                Assert.Contains(events, other =>
                    other.EventType is not (EventType.UpsertWorkflowSearchAttributes or EventType.WorkflowTaskCompleted)
                    && CommandOf(other) == upsert.UpsertWorkflowSearchAttributesEventAttributes.WorkflowTaskCompletedEventId
                )
            );
        }
    }

    [Fact]
    public async Task Timers_and_activities_say_what_they_are_for()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await UntilItWaitsAsync("waiting for the courier to pick it up");
        await shop.BringAsync(delivery);
        await UntilItWaitsAsync("waiting for the customer");
        await shop.ConfirmAsync(delivery);
        await order.GetResultAsync();

        Assert.Equal(["admit the order", "charge the payment", "complete the order"], await SummariesAsync(shop, order));
        Assert.Equal(
            [
                "book the partner",
                "waiting for the courier to pick it up until DAY",
                "record PICKED_UP",
                "record DELIVERED",
                "waiting for the customer to confirm it until DAY",
                "record DELIVERY_CONFIRMED",
            ],
            (await SummariesAsync(shop, delivery)).Where(text => !text.Contains("courier to deliver", StringComparison.Ordinal))
        );

        // What comes in the same task as the state needs no timer.
        async Task UntilItWaitsAsync(string what)
        {
            while (!(await SummariesAsync(shop, delivery)).Any(text => text.StartsWith(what, StringComparison.Ordinal)))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    [Fact]
    public async Task Updates_signals_and_queries_say_what_they_are_for()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();

        foreach (WorkflowHandle workflow in (WorkflowHandle[])[order, delivery])
        {
            var definition = (await MetadataAsync(workflow)).Definition;
            Assert.All([.. definition.UpdateDefinitions, .. definition.SignalDefinitions, .. definition.QueryDefinitions], interaction =>
                Assert.NotEqual(string.Empty, interaction.Description)
            );
        }
    }

    private static async Task<WorkflowHandle<DeliveryWorkflow>> FailAsync(OpenShop shop, int attempt = 1)
    {
        var delivery = await shop.DeliveryAsync(attempt);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "RECIPIENT_ABSENT");
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        return delivery;
    }

    /// <summary>The one workflow that a list with this filter shows.</summary>
    private static async Task<WorkflowExecution> FindAsync(ITemporalClient client, string filter)
    {
        while (true)
        {
            var found = new List<WorkflowExecution>();
            await foreach (var execution in client.ListWorkflowsAsync(filter))
            {
                found.Add(execution);
            }

            if (found.Count > 0)
            {
                return Assert.Single(found);
            }

            Now.ThrowIfCancellationRequested();
        }
    }

    private static IReadOnlyList<(string Name, string Value)> Attributes(WorkflowExecution execution) =>
        [
            .. execution
                .TypedSearchAttributes.UntypedValues.Where(attribute => BusinessAttributes.All.Any(key => key.Name == attribute.Key.Name))
                .Select(attribute =>
                    (attribute.Key.Name, attribute.Value is IEnumerable<string> many ? string.Join(",", many) : $"{attribute.Value}")
                )
                .OrderBy(attribute => attribute.Name, StringComparer.Ordinal),
        ];

    private static Task<WorkflowMetadata> MetadataAsync(WorkflowHandle workflow) =>
        workflow.QueryAsync<WorkflowMetadata>("__temporal_workflow_metadata", []);

    [Fact]
    public async Task An_order_of_a_long_story_shows_the_last_twenty_things_that_happened()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        for (var attempt = 1; attempt <= 21; attempt++)
        {
            var delivery = await FailAsync(shop, attempt);
            await shop.ResolveAsync(delivery, DeliveryResolution.Redeliver, goods: GoodsOutcome.Returned);
        }

        await shop.DeliveryAsync(22);
        await OpenShop.UntilAsync(order, view => view.DeliveryAttempt == 22);

        var details = (await MetadataAsync(order)).CurrentDetails.Split('\n');
        var happened = details.Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, happened.Count);
        Assert.Contains("delivery 22", happened[^1], StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<(string Update, string Json)>> MovesAsync(WorkflowHandle workflow) =>
        [
            .. Move()
                .Matches((await MetadataAsync(workflow)).CurrentDetails)
                .Select(move => (move.Groups["update"].Value, move.Groups["json"].Value)),
        ];

    private static string Filled(string json) =>
        json.Replace("\"operator:\"", "\"operator:jane\"", StringComparison.Ordinal)
            .Replace("\"reason\":\"\"", "\"reason\":\"told by telephone\"", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> SummariesAsync(OpenShop shop, WorkflowHandle workflow)
    {
        var summaries = new List<string>();
        foreach (var happened in (await workflow.FetchHistoryAsync()).Events.Skip(1))
        {
            if (
                happened.UserMetadata?.Summary is { } summary
                && happened.EventType is EventType.TimerStarted or EventType.ActivityTaskScheduled or EventType.MarkerRecorded
            )
            {
                var text = (string)shop.Client.Options.DataConverter.PayloadConverter.ToValue(summary, typeof(string))!;
                summaries.Add(Until().Replace(text, "until DAY"));
            }
        }

        return summaries;
    }

    private static long CommandOf(Temporalio.Api.History.V1.HistoryEvent happened) =>
        happened.EventType switch
        {
            EventType.MarkerRecorded => happened.MarkerRecordedEventAttributes.WorkflowTaskCompletedEventId,
            EventType.ActivityTaskScheduled => happened.ActivityTaskScheduledEventAttributes.WorkflowTaskCompletedEventId,
            EventType.TimerStarted => happened.TimerStartedEventAttributes.WorkflowTaskCompletedEventId,
            EventType.StartChildWorkflowExecutionInitiated => happened
                .StartChildWorkflowExecutionInitiatedEventAttributes
                .WorkflowTaskCompletedEventId,
            EventType.WorkflowExecutionCompleted => happened.WorkflowExecutionCompletedEventAttributes.WorkflowTaskCompletedEventId,
            _ => 0,
        };

    [GeneratedRegex(@"^- \w{3} \d+ \w{3} \d\d:\d\d UTC:", RegexOptions.Multiline)]
    private static partial Regex Day();

    [GeneratedRegex(@"until \w{3} \d+ \w{3} \d\d:\d\d UTC$")]
    private static partial Regex Until();

    [GeneratedRegex("""\*\*(?<update>\w+)\*\*[^\n]*\n```json\n(?<json>[^\n]*)\n```""")]
    private static partial Regex Move();
}
