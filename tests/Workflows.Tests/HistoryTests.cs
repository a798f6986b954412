using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>
/// Histories of real runs, committed: a change that would break workflows in flight breaks these first. To record them anew (never to make
/// a failing test pass while such workflows are in flight), run this class with RECORD_HISTORIES=1.
/// </summary>
public sealed class HistoryTests
{
    private static readonly string Folder = Path.Combine(PostgresServer.RepositoryRoot, "tests/Workflows.Tests/Histories");

    public static TheoryData<string> Committed =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Committed))]
    public async Task A_committed_history_replays(string name) => await OpenShop.Replayer().ReplayWorkflowAsync(Read(name));

    [Fact]
    public void There_are_committed_histories_of_every_workflow()
    {
        Assert.Contains(Committed, row => row.Data.StartsWith("order-", StringComparison.Ordinal));
        Assert.Contains(Committed, row => row.Data.StartsWith("delivery-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_order_that_is_charged_before_it_is_admitted_does_not_replay()
    {
        var replayer = new WorkflowReplayer(OpenShop.ReplayerOptions().AddWorkflow<SwappedOrderWorkflow>());

        var error = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => replayer.ReplayWorkflowAsync(Read("order-ebook")));

        Assert.Contains("LocalActivity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_that_is_recorded_before_it_is_booked_does_not_replay()
    {
        var replayer = new WorkflowReplayer(OpenShop.ReplayerOptions().AddWorkflow<SwappedDeliveryWorkflow>());

        var error = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() =>
            replayer.ReplayWorkflowAsync(Read("delivery-confirmed"))
        );

        Assert.Contains("ActivityTaskScheduled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_recorded_today_replays_today()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;

        var ebook = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook(12_000)) with { VoucherCode = "OLD" });
        await ebook.GetResultAsync();
        await KeepAsync("order-ebook", ebook);

        var redelivered = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()));
        var first = await shop.DeliveryAsync(1);
        await shop.PartnerSaysAsync(first, DeliveryEvents.Failed, "RECIPIENT_ABSENT");
        await shop.PartnerSaysAsync(first, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(first, view => view.State == DeliveryState.PendingByOperator);
        await shop.ResolveAsync(first, DeliveryResolution.Redeliver, goods: GoodsOutcome.Returned);
        var second = await shop.DeliveryAsync(2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);
        await redelivered.GetResultAsync();
        await KeepAsync("order-redelivered", redelivered);
        await KeepAsync("delivery-superseded", first);
        await KeepAsync("delivery-confirmed", second);

        var cancelled = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var withdrawn = await shop.DeliveryAsync(3);
        await cancelled.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(Actor.Operator("jane"), "asked by phone")));
        await cancelled.GetResultAsync();
        await KeepAsync("order-cancelled", cancelled);
        await KeepAsync("delivery-cancelled", withdrawn);

        shop.Floor.Charge = ChargeOutcome.Declined;
        var declined = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        await OpenShop.FailureOfAsync(declined);
        await KeepAsync("order-declined", declined);

        var silent = await shop.DeliverAsync();
        await shop.PartnerSaysAsync(silent, DeliveryEvents.Delivered);
        await shop.PartnerSaysAsync(silent, DeliveryEvents.PickedUp);
        await silent.GetResultAsync();
        await KeepAsync("delivery-confirmed-by-silence", silent);
    }

    private static WorkflowHistory Read(string name) =>
        WorkflowHistory.FromJson(name, File.ReadAllText(Path.Combine(Folder, $"{name}.json")));

    private static async Task KeepAsync(string name, WorkflowHandle handle)
    {
        var history = await handle.FetchHistoryAsync();
        // A failure's stack trace names the files of the machine that it happened on.
        var json = history.ToJson().Replace($"{PostgresServer.RepositoryRoot}/", string.Empty, StringComparison.Ordinal);
        await OpenShop.Replayer().ReplayWorkflowAsync(WorkflowHistory.FromJson(name, json));
        if (Environment.GetEnvironmentVariable("RECORD_HISTORIES") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, $"{name}.json"), json + "\n");
        }
    }
}
