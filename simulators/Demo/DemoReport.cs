using System.Globalization;
using Spectre.Console;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>What became of each order.</summary>
static class DemoReport
{
    public static Table Of(IReadOnlyList<Play> plays)
    {
        var table = new Table().Border(TableBorder.Ascii2)
            .AddColumns("customer", "order of", "order id").AddColumn(new TableColumn("EUR").RightAligned()).AddColumns("ended", "deliveries", "voucher", "verdict");
        foreach (var play in plays)
        {
            table.AddRow(
                Markup.Escape(play.Shopper.Name),
                Markup.Escape(play.Kind.Name),
                play.Order?.OrderId.ToString() ?? "-",
                play.Order is { } order ? (order.TotalCents / 100m).ToString("0.00", CultureInfo.InvariantCulture) : "-",
                Markup.Escape(Ended(play.Order)),
                Markup.Escape(Deliveries(play.Order)),
                play.Voucher?.Code ?? "-",
                play.Wrong is null ? "[green]as it should[/]" : $"[red]{Markup.Escape(play.Wrong)}[/]");
        }

        return table;
    }

    static string Ended(ShopOrder? order) =>
        order is null ? "not accepted" : order.Failure?.Type is { } type ? $"{order.Status} {type}" : order.Status;

    static string Deliveries(ShopOrder? order) =>
        order is null or { Tracking: [] } ? "-"
        : string.Join(", ", order.Tracking.Select(delivery => delivery.Reason is { } reason ? $"{delivery.State} ({reason})" : delivery.State));
}
