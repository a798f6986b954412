using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>
/// For every step that the saga declares, and everything that can happen to it: all effects are undone, last first, or an operator is
/// called for the one that is not, and the rest is undone all the same.
/// </summary>
public sealed class SagaTests
{
    private static readonly Actor Jane = Actor.Operator("jane");

    private static readonly OrderInput Order = AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()) with { VoucherCode = "OLD" };

    /// <summary>
    /// What a step does in the shop, and what its undo leaves in the journal. A step that is declared and not here fails its tests, and so
    /// does one whose undo leaves nothing.
    /// </summary>
    private static readonly IReadOnlyDictionary<string, Trace> Traces = new Dictionary<string, Trace>
    {
        ["admit the order"] = new("AdmitOrder", "admit the order", "CloseOrder", "released"),
        ["redeem the voucher"] = new("RedeemVoucher", "redeem the voucher", "GiveVoucherBack", "voucher given back"),
        ["take the payment"] = new("ChargePayment", "charge the payment", "RefundPayment", "refunded"),
        ["deliver"] = new("BookDelivery", "book the partner", "CancelBooking", "booking cancelled"),
    };

    /// <summary>What can happen to a step.</summary>
    public enum Mishap
    {
        /// <summary>The business says no.</summary>
        Refused,

        /// <summary>Its infrastructure stays away, and an operator declares it failed.</summary>
        Overdue,

        /// <summary>An exception that nobody foresaw, before its effect.</summary>
        Bug,

        /// <summary>It has its effect, and nobody ever hears of it.</summary>
        AnswerLost,
    }

    private static IReadOnlyList<string> Declared => [.. new OrderWorkflow(Order).Steps().Select(step => step.Name)];

    public static TheoryData<string, Mishap> Mishaps =>
        new(Declared.SelectMany(step => Enum.GetValues<Mishap>().Select(mishap => (step, mishap))));

    public static TheoryData<string, string> UndosThatFail =>
        new(Declared.SelectMany((step, place) => Declared.Take(place + 1).Select(undone => (step, undone))));

    [Theory]
    [MemberData(nameof(Mishaps))]
    public async Task Whatever_happens_to_a_step_all_effects_are_undone_last_first(string step, Mishap mishap)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;

        var (order, result) = await SufferAsync(shop, step, mishap);
        var ended = await EndAsync(order, result);

        Assert.Contains(ended, new[] { OrderStatus.Failed, OrderStatus.Cancelled });
        Assert.Equal(Undone(step, mishap), Marks(shop));
        Assert.Empty(OpenTasks(shop));
    }

    [Theory]
    [MemberData(nameof(UndosThatFail))]
    public async Task An_effect_that_cannot_be_undone_is_an_operators_and_the_rest_is_undone(string step, string undone)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;
        var undo = TraceOf(undone);
        shop.Floor.Trouble($"{undo.UndoActivity}!");

        var (order, result) = await SufferAsync(shop, step, Mishap.AnswerLost);
        await shop.UntilAsync(journal =>
            journal.Any(entry =>
                entry.StartsWith("task", StringComparison.Ordinal) && entry.EndsWith("has a bug", StringComparison.Ordinal)
            )
        );
        var waits = undo.UndoActivity is "CloseOrder" or "CancelBooking";
        if (waits)
        {
            // Without that no order can end, and no parcel: it waits for whoever mends it.
            shop.Floor.Mend($"{undo.UndoActivity}!");
            await (
                undo.UndoActivity == "CloseOrder"
                    ? ReleaseAsync(order, "close the order", StepReleaseAction.Retry)
                    : (Task)
                        DeliveryOf(shop)
                            .ExecuteUpdateAsync(workflow =>
                                workflow.ReleaseStepAsync(
                                    new StepRelease("cancel the booking", StepReleaseAction.Retry, Jane, "mended", null, null)
                                )
                            )
            );
        }

        await EndAsync(order, result);

        Assert.Equal(Undone(step, Mishap.AnswerLost).Where(mark => mark != undo.Mark || waits), Marks(shop));
        Assert.Equal(waits ? 0 : 1, OpenTasks(shop).Count);
    }

    [Fact]
    public async Task A_child_that_is_terminated_is_undone_like_a_step_that_failed()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;
        var order = await shop.PlaceAsync(Order);
        await (await shop.DeliveryAsync()).TerminateAsync("wrong button");

        await EndAsync(order, order.GetResultAsync());

        Assert.Equal(Undone("deliver", Mishap.AnswerLost), Marks(shop));
    }

    private static async Task<(WorkflowHandle<OrderWorkflow, OrderView> Order, Task<OrderView> Result)> SufferAsync(
        OpenShop shop,
        string step,
        Mishap mishap
    )
    {
        var trace = TraceOf(step);
        Action arrange = (mishap, step) switch
        {
            (Mishap.Refused, "admit the order") => () => shop.Floor.Short.Add("BOOK"),
            (Mishap.Refused, "redeem the voucher") => () => shop.Floor.Vouchers.Clear(),
            (Mishap.Refused, "take the payment") => () => shop.Floor.Charge = ChargeOutcome.Declined,
            (Mishap.Refused, _) => Nothing,
            (Mishap.Overdue, _) => () => shop.Floor.Trouble(trace.Activity),
            (Mishap.Bug, _) => () => shop.Floor.Trouble($"{trace.Activity}!"),
            _ => () => shop.Floor.LoseAnswer(trace.Activity),
        };
        arrange();
        var order = await shop.PlaceAsync(Order);
        var result = order.GetResultAsync();
        if (step == "deliver" && mishap == Mishap.Refused)
        {
            await shop.ResolveAsync(await shop.DeliveryAsync(), DeliveryResolution.Cancel);
        }
        else if (step == "deliver" || mishap == Mishap.Overdue)
        {
            await shop.UntilAsync(journal =>
                journal.Any(entry =>
                    entry.StartsWith("task STEP", StringComparison.Ordinal) && entry.Contains(trace.StepName, StringComparison.Ordinal)
                )
            );
            await GiveUpAsync(shop, order, step, trace.StepName);
        }

        return (order, result);
    }

    /// <summary>The step has failed for good; of a delivery, whose parcel may travel, an operator decides then.</summary>
    private static async Task GiveUpAsync(OpenShop shop, WorkflowHandle<OrderWorkflow> order, string step, string name)
    {
        if (step != "deliver")
        {
            await ReleaseAsync(order, name, StepReleaseAction.Fail);
            return;
        }

        var delivery = DeliveryOf(shop);
        await delivery.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(new StepRelease(name, StepReleaseAction.Skip, Jane, "given up", "REJECTED", null))
        );
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        await order.StartUpdateAsync(
            workflow => workflow.CancelAsync(new CancelOrder(Jane, "given up")),
            new(WorkflowUpdateStage.Accepted)
        );
    }

    private static WorkflowHandle<DeliveryWorkflow> DeliveryOf(OpenShop shop) =>
        shop.Client.GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(shop.Floor.Deliveries[0].Id));

    private static Task<OrderView> ReleaseAsync(WorkflowHandle<OrderWorkflow> order, string name, StepReleaseAction action) =>
        order.ExecuteUpdateAsync(workflow => workflow.ReleaseStepAsync(new StepRelease(name, action, Jane, "given up", null, null)));

    private static async Task<OrderStatus> EndAsync(WorkflowHandle<OrderWorkflow> order, Task<OrderView> result)
    {
        await Record.ExceptionAsync(() => result);
        return (await order.QueryAsync(workflow => workflow.View())).Status;
    }

    /// <summary>The marks of all steps that had an effect, or may have had one.</summary>
    private static IReadOnlyList<string> Undone(string step, Mishap mishap)
    {
        var before = Declared.TakeWhile(name => name != step);
        IEnumerable<string> begun =
            mishap == Mishap.Refused && step is "admit the order" or "take the payment" && mishap == Mishap.Refused
                ? before
                : [.. before, step];
        if (step == "take the payment" && mishap == Mishap.AnswerLost)
        {
            // What has settled has made the delivery order too, and who knows whether another run has booked it.
            begun = [.. begun, "deliver"];
        }

        return [.. begun.Select(name => TraceOf(name).Mark).Reverse()];
    }

    private static IReadOnlyList<string> Marks(OpenShop shop) =>
        [.. shop.Floor.Journal.Where(entry => Traces.Values.Any(trace => trace.Mark == entry))];

    private static IReadOnlyList<string> OpenTasks(OpenShop shop)
    {
        var opened = shop
            .Floor.Journal.Where(entry =>
                entry.StartsWith("task ", StringComparison.Ordinal) && !entry.StartsWith("task closed", StringComparison.Ordinal)
            )
            .ToList();
        var closed = shop.Floor.Journal.Count(entry => entry.StartsWith("task closed", StringComparison.Ordinal));
        return [.. opened.Skip(closed)];
    }

    private static void Nothing() { }

    private static Trace TraceOf(string step) =>
        Traces.TryGetValue(step, out var trace)
            ? trace
            : throw new KeyNotFoundException($"the step '{step}' has no undo that a test knows");

    /// <param name="Activity">The activity that has the effect.</param>
    /// <param name="StepName">What operators call it.</param>
    /// <param name="UndoActivity">The activity that undoes it.</param>
    /// <param name="Mark">What that leaves in the journal.</param>
    private sealed record Trace(string Activity, string StepName, string UndoActivity, string Mark);
}
