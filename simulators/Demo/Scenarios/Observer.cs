using System.Globalization;
using System.Net.Http.Json;
using TemporalDelivery.Simulators.Ledgers;
using TemporalDelivery.Simulators.Partner;
using TemporalDelivery.Simulators.Payments;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>Asks everybody what they have seen of a scenario, as short text without ids and times.</summary>
internal sealed class Observer(
    ShopClient shop,
    Store store,
    Backlog backlog,
    MerchantReceiver merchant,
    OrderManagement? broker,
    ScenariosOptions options
)
{
    private const string Operator = "operator:demo";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Looks until everything has been told to everybody and two looks have shown the same.</summary>
    public async Task<Row> ObserveAsync(string scenario, Scene scene, CancellationToken cancellationToken)
    {
        scene.WaitsFor = "everything to be told";
        Row? last = null;
        while (true)
        {
            var isQuiet = await backlog.IsEmptyAsync(scene.Orders, cancellationToken);
            var row = await LookAsync(scenario, scene, cancellationToken);
            if (isQuiet && row.Line == last?.Line)
            {
                return row;
            }

            last = row;
            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    /// <summary>Looks once.</summary>
    public async Task<Row> LookAsync(string scenario, Scene scene, CancellationToken cancellationToken)
    {
        var looks = new List<IReadOnlyList<string>>();
        foreach (var order in scene.Orders)
        {
            looks.Add(await OrderAsync(order, scene.Shopper, cancellationToken));
        }

        var cells = Row.Columns.Select((_, column) => looks.Select(look => look[column]).ToList()).Select(Row.Cell).ToList();
        if (cells.Count > 0 && scene.Answers.Count > 0)
        {
            cells[0] += $" · {string.Join(", ", scene.Answers.GroupBy(answer => answer).Select(Often))}";
        }

        return new(scenario, cells);
    }

    private static string Often(IGrouping<string, string> same) =>
        same.Count() == 1 ? same.Key : string.Create(CultureInfo.InvariantCulture, $"{same.Key} {same.Count()} times");

    // In the order of the columns.
    private async Task<IReadOnlyList<string>> OrderAsync(Guid order, Shopper shopper, CancellationToken cancellationToken)
    {
        var seen = await GetAsync<SeenOrder>($"/orders/{order}", shopper.Actor, cancellationToken);
        return
        [
            Customer(seen),
            Sequence(await TasksAsync(order, cancellationToken)),
            Payments(order),
            Partner(order),
            Sequence(await store.StockAsync(order, cancellationToken)),
            Sequence(await store.GrantsAsync(order, cancellationToken)),
            Sequence(await VouchersAsync(seen, shopper, cancellationToken)),
            await MailsAsync(order, shopper, cancellationToken),
            Counts(merchant.TopicsOf(order)),
            broker is null ? Row.NoBroker : Counts(broker.TopicsOf(order)),
        ];
    }

    private static string Customer(SeenOrder order)
    {
        List<string> parts = [string.Join(" > ", order.History.Select(change => change.To))];
        if (order.Failure is { } failure)
        {
            parts.Add($"failure {failure.Type ?? failure.Reason}");
        }

        if (order.DiscountCents > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"discount {order.DiscountCents}"));
        }

        parts.AddRange(
            order.Tracking.Select(parcel =>
                string.Create(CultureInfo.InvariantCulture, $"parcel {parcel.Attempt} ")
                + string.Join(" > ", parcel.History.Select(change => change.To))
                + $" by {parcel.History[^1].Actor.Split(':')[0]}"
                + (parcel.Reason is null ? "" : $" ({parcel.Reason})")
            )
        );
        return string.Join(" · ", parts);
    }

    private async Task<List<string>> TasksAsync(Guid order, CancellationToken cancellationToken)
    {
        var tasks = new List<string>();
        foreach (var isOpen in new[] { "false", "true" })
        {
            var page = await GetAsync<SeenPage<SeenTask>>($"/operator-tasks?orderId={order}&open={isOpen}", Operator, cancellationToken);
            tasks.AddRange(
                page.Items.Select(task =>
                    task.ClosedBy is null
                        ? $"{task.Kind} open"
                        : $"{task.Kind} closed by {task.ClosedBy.Split(':')[0]}: {task.Resolution ?? task.Reason}"
                )
            );
        }

        return tasks;
    }

    private string Payments(Guid order)
    {
        var entries = Ledger<PaymentEntry>.Look(options.PaymentsLedger);
        var charges = entries.OfType<PaymentEntry.Charged>().Where(charge => charge.OrderId == order).ToList();
        var ends = entries.OfType<PaymentEntry.Decided>().ToDictionary(decided => decided.PaymentId, decided => decided.Status);
        var refunds = entries.OfType<PaymentEntry.Refunded>().Where(refund => refund.OrderId == order).ToList();
        List<string> parts =
        [
            .. charges
                .Select(charge => (Status: ends.GetValueOrDefault(charge.PaymentId, charge.Status), charge.AmountCents))
                .Select(charge => string.Create(CultureInfo.InvariantCulture, $"{charge.Status} {charge.AmountCents}")),
            .. refunds.Select(refund => string.Create(CultureInfo.InvariantCulture, $"refunded {refund.AmountCents}")),
        ];
        return Sequence(parts);
    }

    private string Partner(Guid order)
    {
        var entries = Ledger<PartnerEntry>.Look(options.PartnerLedger);
        var booked = entries.OfType<PartnerEntry.Booked>().Where(booking => booking.OrderId == order).ToList();
        var numbers = booked.Select(booking => booking.Number).ToHashSet();
        return Counts(
            entries
                .Where(entry => numbers.Contains(entry.Number))
                .Select(entry =>
                    entry switch
                    {
                        PartnerEntry.Booked { Accepted: true } => "booked",
                        PartnerEntry.Booked => "refused",
                        PartnerEntry.Happened happened => happened.Event.Type,
                        PartnerEntry.Cancelled => "cancelled",
                        _ => null,
                    }
                )
                .OfType<string>()
        );
    }

    private async Task<List<string>> VouchersAsync(SeenOrder order, Shopper shopper, CancellationToken cancellationToken)
    {
        var vouchers = new List<string>();
        if (order.VoucherCode is { } code)
        {
            var given = await GetAsync<ShopVoucher>($"/vouchers/{code}", shopper.Actor, cancellationToken);
            vouchers.Add(string.Create(CultureInfo.InvariantCulture, $"given {given.AmountCents} {given.State}"));
        }

        if (await shop.FindVoucherAsync(order.OrderId, shopper, cancellationToken) is { } earned)
        {
            vouchers.Add(string.Create(CultureInfo.InvariantCulture, $"earned {earned.AmountCents} {earned.State}"));
        }

        return vouchers;
    }

    private async Task<string> MailsAsync(Guid order, Shopper shopper, CancellationToken cancellationToken)
    {
        var mails = new List<SeenMail>();
        string? cursor = null;
        do
        {
            var from = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await GetAsync<SeenPage<SeenMail>>($"/notifications?limit=100{from}", shopper.Actor, cancellationToken);
            mails.AddRange(page.Items.Where(mail => mail.OrderId == order));
            cursor = page.Next;
        } while (cursor is not null);

        mails.Reverse();
        var files = await store.MailFilesAsync(order, cancellationToken);
        return Counts([
            .. mails.Select(mail => mail.State == "SENT" ? mail.Kind : $"{mail.Kind} {mail.State}"),
            .. files.Where(file => !File.Exists(Path.Combine(options.MailFolder, file))).Select(_ => "without a file"),
        ]);
    }

    private async Task<T> GetAsync<T>(string path, string actor, CancellationToken cancellationToken)
    {
        using var answer = await shop.AskAsync(() => ShopClient.Message(HttpMethod.Get, path, actor), cancellationToken);
        return answer.IsSuccessStatusCode
            ? (await answer.Content.ReadFromJsonAsync<T>(cancellationToken))!
            : throw new ShopException($"GET {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static string Sequence(IReadOnlyList<string> parts) => parts.Count == 0 ? Row.Nothing : string.Join(", ", parts);

    private static string Counts(IEnumerable<string> names) =>
        Sequence([
            .. names
                .GroupBy(name => name)
                .OrderBy(all => all.Key, StringComparer.Ordinal)
                .Select(all => string.Create(CultureInfo.InvariantCulture, $"{all.Key} {all.Count()}")),
        ]);
}
