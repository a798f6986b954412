namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>Compares what was seen with what is expected.</summary>
internal static class Comparison
{
    private const string WholeRow = "row";
    private const string None = "none";

    /// <summary>Every cell that differs; a row that is missing, or that nobody expects, is one difference.</summary>
    public static IReadOnlyList<Difference> Of(IReadOnlyList<Row> expected, IReadOnlyList<Row> seen)
    {
        var shown = seen.ToDictionary(row => row.Scenario);
        var known = expected.Select(row => row.Scenario).ToHashSet();
        return
        [
            .. expected.SelectMany(row =>
                shown.TryGetValue(row.Scenario, out var other) ? Cells(row, other) : [new(row.Scenario, WholeRow, row.Line, None)]
            ),
            .. seen.Where(row => !known.Contains(row.Scenario)).Select(row => new Difference(row.Scenario, WholeRow, None, row.Line)),
        ];
    }

    private static IEnumerable<Difference> Cells(Row expected, Row seen) =>
        expected.Scenario.StartsWith(Row.NeedsBroker, StringComparison.Ordinal) && seen.Cells.All(cell => cell == Row.NoBroker)
            ? []
            : Row
                .Columns.Select((column, index) => new Difference(expected.Scenario, column, expected.Cells[index], seen.Cells[index]))
                .Where(cell => cell.Expected != cell.Seen && (cell.Column != Row.Broker || cell.Seen != Row.NoBroker));
}
