using System.Globalization;
using Spectre.Console;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>What became of each order.</summary>
internal static class DemoReport
{
    private const int RoomForEverything = 160;

    /// <summary>The table, with ids and delivery states where <paramref name="width"/> (in characters) has room for them.</summary>
    public static Table Of(IReadOnlyList<Play> plays, int width)
    {
        var roomy = width >= RoomForEverything;
        var table = new Table().Border(TableBorder.Ascii2).AddColumn("order of");
        if (roomy)
        {
            table.AddColumns("customer", "order id");
        }

        table.AddColumn(new TableColumn("EUR").RightAligned()).AddColumns("ended", "deliveries", "voucher", "verdict");
        foreach (var play in plays)
        {
            string[] ids = roomy ? [Markup.Escape(play.Shopper.Name), play.Order?.OrderId.ToString() ?? "-"] : [];
            string[] cells =
            [
                Markup.Escape(play.Kind.Name),
                .. ids,
                play.Order is { } order ? Euros(order.TotalCents) : "-",
                Markup.Escape(Ended(play.Order)),
                Markup.Escape(
                    roomy ? Deliveries(play.Order)
                    : play.Order is { Tracking.Count: > 0 and var count } ? $"{count}"
                    : "-"
                ),
                play.Voucher is null ? "-"
                : roomy ? play.Voucher.Code
                : Euros(play.Voucher.AmountCents),
                play.Wrong is null ? "[green]as it should[/]" : $"[red]{Markup.Escape(play.Wrong)}[/]",
            ];
            table.AddRow(cells);
        }

        return table;
    }

    private static string Euros(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Ended(ShopOrder? order) =>
        order is null ? "not accepted"
        : order.Failure?.Type is { } type ? $"{order.Status} {type}"
        : order.Status;

    private static string Deliveries(ShopOrder? order) =>
        order is null or { Tracking: [] }
            ? "-"
            : string.Join(
                ", ",
                order.Tracking.Select(delivery => delivery.Reason is { } reason ? $"{delivery.State} ({reason})" : delivery.State)
            );
}
