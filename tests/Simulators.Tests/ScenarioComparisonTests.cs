using TemporalDelivery.Simulators.Demo.Scenarios;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Simulators.Tests;

/// <summary>The rows that <c>demo --all</c> compares.</summary>
public sealed class ScenarioComparisonTests
{
    private static readonly Row Paid = RowOf("paid");
    private static readonly Row Cancelled = RowOf("cancelled");
    private static readonly Row ByBroker = RowOf($"{Row.NeedsBroker}paid");

    [Fact]
    public void The_same_rows_in_any_order_are_no_difference() => Assert.Empty(Comparison.Of([Paid, Cancelled], [Cancelled, Paid]));

    [Fact]
    public void Each_altered_cell_is_a_difference_of_its_own()
    {
        for (var column = 0; column < Row.Columns.Count; column++)
        {
            var difference = Assert.Single(Comparison.Of([Paid, Cancelled], [Altered(Paid, column, "something else"), Cancelled]));

            Assert.Equal(new Difference("paid", Row.Columns[column], $"paid {column}", "something else"), difference);
        }
    }

    [Fact]
    public void A_missing_row_is_a_difference()
    {
        var difference = Assert.Single(Comparison.Of([Paid, Cancelled], [Paid]));

        Assert.Equal(new Difference("cancelled", "row", Cancelled.Line, "none"), difference);
    }

    [Fact]
    public void A_row_that_nobody_expects_is_a_difference()
    {
        var difference = Assert.Single(Comparison.Of([Paid], [Paid, Cancelled]));

        Assert.Equal(new Difference("cancelled", "row", "none", Cancelled.Line), difference);
    }

    [Fact]
    public void Where_there_is_no_broker_its_column_and_its_rows_may_say_so()
    {
        var column = Row.Columns.Count - 1;

        Assert.Empty(Comparison.Of([Paid, ByBroker], [Altered(Paid, column, Row.NoBroker), Row.WithoutBroker(ByBroker.Scenario)]));
    }

    [Fact]
    public void Nothing_else_is_excused_by_a_missing_broker()
    {
        Assert.Equal(Row.Columns.Count - 1, Comparison.Of([Paid], [Row.WithoutBroker("paid")]).Count);
        Assert.Single(Comparison.Of([ByBroker], [Altered(ByBroker, 0, Row.NoBroker)]));
        Assert.Single(Comparison.Of([ByBroker], [Altered(ByBroker, Row.Columns.Count - 1, Row.Nothing)]));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("each a", "a", "a")]
    [InlineData("a; then b", "a", "b")]
    [InlineData(Row.Nothing, Row.Nothing, Row.Nothing)]
    [InlineData(Row.NoBroker, Row.NoBroker, Row.NoBroker)]
    public void A_cell_tells_of_every_order_and_says_once_that_there_is_nothing(string cell, params string[] orders) =>
        Assert.Equal(cell, Row.Cell(orders));

    [Fact]
    public void What_is_recorded_is_read_again()
    {
        var read = Expectation.Parse(Expectation.Write([Paid, Cancelled, ByBroker]));

        Assert.Equal([Paid.Line, Cancelled.Line, ByBroker.Line], read.Select(row => row.Line));
    }

    [Theory]
    [InlineData("no table at all", "does not begin with")]
    [InlineData("| scenario | customer |\n|---|---|", "does not begin with")]
    [InlineData("{head}\n| paid | COMPLETED |", "line 3 has 2 cells")]
    [InlineData("{head}\n{row}\n{row}", "line 4 is another row 'paid'")]
    public void A_file_that_is_no_expectation_says_why(string text, string why)
    {
        var file = text.Replace("{head}", Expectation.Head, StringComparison.Ordinal).Replace("{row}", Paid.Line, StringComparison.Ordinal);

        var refusal = Assert.Throws<FormatException>(() => Expectation.Parse(file));

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_committed_expectation_has_a_row_for_every_scenario()
    {
        var committed = Path.Combine(PostgresServer.RepositoryRoot, "simulators", "Demo", "Scenarios", "expected.md");

        Assert.Equal(Scenario.All.Select(scenario => scenario.Name), Expectation.Read(committed).Select(row => row.Scenario));
    }

    private static Row RowOf(string scenario) => new(scenario, [.. Row.Columns.Select((_, column) => $"{scenario} {column}")]);

    private static Row Altered(Row row, int column, string text) =>
        row with
        {
            Cells = [.. row.Cells.Select((cell, index) => index == column ? text : cell)],
        };
}
