using TemporalDelivery.Hosting.Payloads;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>Histories of the days before the dialect, when names were written in PascalCase, can still be read.</summary>
public sealed class PascalCaseTests
{
    [Fact]
    public void An_orders_input_and_result_are_read()
    {
        var events = Events("order");

        var input = Read<OrderInput>(events[0].WorkflowExecutionStartedEventAttributes.Input);
        var result = Read<OrderView>(events[^1].WorkflowExecutionCompletedEventAttributes.Result);

        Assert.Equal((AnOrder.Ada, 1, 6798L, 0), (input.CustomerId, input.Attempt, input.TotalCents, input.Lines));
        Assert.Equal(new OrderOptions().PaymentDeadline, input.Options.PaymentDeadline);
        Assert.Equal((input.OrderId, OrderStatus.Completed, 2), (result.OrderId, result.Status, result.DeliveryAttempt));
    }

    [Fact]
    public void A_deliverys_signals_and_updates_are_read()
    {
        var events = Events("delivery");

        var signals = events
            .Where(happened => happened.WorkflowExecutionSignaledEventAttributes is not null)
            .Select(happened => Read<PartnerEvent>(happened.WorkflowExecutionSignaledEventAttributes.Input));
        var update = events.Single(happened => happened.WorkflowExecutionUpdateAcceptedEventAttributes is not null);
        var decision = Read<DeliveryDecision>(update.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequest.Input.Args);

        Assert.Equal([("FAILED", "RECIPIENT_ABSENT"), ("PICKED_UP", null)], signals.Select(signal => (signal.Type, signal.Reason)));
        Assert.Equal(
            new DeliveryDecision(DeliveryResolution.Redeliver, Actor.Operator("jane"), "talked to Ada", GoodsOutcome.Returned),
            decision
        );
    }

    private static T Read<T>(Payloads payloads) =>
        (T)PayloadDialect.Converter().PayloadConverter.ToValue(Assert.Single(payloads.Payloads_), typeof(T))!;

    private static List<HistoryEvent> Events(string name)
    {
        var file = Path.Combine(PostgresServer.RepositoryRoot, "tests/Workflows.Tests/Histories/PascalCase", $"{name}.json");
        return [.. WorkflowHistory.FromJson(name, File.ReadAllText(file)).Events];
    }
}
