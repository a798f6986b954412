using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Visibility;

namespace Temporal.Server.Tests.Visibility;

public sealed class ListFilterTests
{
    public static TheoryData<string, string> Queries => ListQueries.All;

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_finds_its_runs_open_ones_first_then_the_latest_closed(string query, string expected)
    {
        var page = VisibilityScan.List(SampleRuns.All, query, SampleRuns.Custom, 100, ByteString.Empty);

        Assert.Equal(expected, string.Join(' ', page.Rows.Select(row => row.Run.WorkflowId)));
        Assert.Empty(page.NextPageToken);
    }

    [Theory]
    [InlineData("Nope = 1", "'Nope' is not a valid search attribute", 1)]
    [InlineData("WorkflowId = 'a' AND", "expected the name of a search attribute, found the end", 21)]
    [InlineData("WorkflowId = 'a' WorkflowType", "expected AND, OR or the end", 18)]
    [InlineData("WorkflowId = 'a", "no closing '", 14)]
    [InlineData("WorkflowId ~ 'a'", "unexpected \"~\"", 12)]
    [InlineData("WorkflowId LIKE 'a'", "expected an operator", 12)]
    [InlineData("WorkflowId NOT = 'a'", "expected an operator", 16)]
    [InlineData("WorkflowId = WorkflowType", "expected a value for WorkflowId", 14)]
    [InlineData("WorkflowId = 5", "invalid value for search attribute WorkflowId of type Keyword", 14)]
    [InlineData("Amount = 'x'", "invalid value for search attribute Amount of type Int", 10)]
    [InlineData("Amount = 1.5", "invalid value for search attribute Amount of type Int", 10)]
    [InlineData("Urgent = 'perhaps'", "invalid value for search attribute Urgent of type Bool", 10)]
    [InlineData("StartTime > 'yesterday'", "invalid value for search attribute StartTime", 13)]
    [InlineData("StartTime > '2026-05-01'", "invalid value for search attribute StartTime", 13)]
    [InlineData("ExecutionStatus = 'Sleeping'", "a status by name or number", 19)]
    [InlineData("ExecutionStatus = 99", "a status by name or number", 19)]
    [InlineData("ExecutionDuration > '1 week'", "invalid value for search attribute ExecutionDuration", 21)]
    [InlineData("Tags > 'a'", "operator > is not supported for Tags of type KeywordList", 6)]
    [InlineData("Tags STARTS_WITH 'a'", "operator STARTS_WITH is not supported for Tags", 6)]
    [InlineData("Note BETWEEN 'a' AND 'b'", "operator BETWEEN is not supported for Note of type Text", 6)]
    [InlineData("Note IN ('a')", "operator IN is not supported for Note of type Text", 9)]
    [InlineData("(WorkflowId = 'a'", "expected ), found the end", 18)]
    [InlineData("WorkflowId IN ()", "expected a value for WorkflowId", 16)]
    [InlineData("WorkflowId = 'a' ORDER BY StartTime", "'ORDER BY'", 18)]
    [InlineData("WorkflowId = 'a' LIMIT 5", "'LIMIT'", 18)]
    public void A_wrong_query_is_an_invalid_argument_that_says_what_and_where(string query, string what, int position)
    {
        var error = Assert.Throws<RpcException>(() => VisibilityScan.List(SampleRuns.All, query, SampleRuns.Custom, 100, ByteString.Empty));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"at position {position}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Brackets_nested_without_end_are_refused_rather_than_followed()
    {
        var query = new string('(', 100_000);

        Assert.Throws<RpcException>(() => VisibilityScan.Count(SampleRuns.All, query, SampleRuns.Custom));
    }

    [Fact]
    public void Pages_follow_each_other_without_gap_or_repetition()
    {
        var (ids, token) = (new List<string>(), ByteString.Empty);
        do
        {
            var page = VisibilityScan.List(SampleRuns.All, "", SampleRuns.Custom, 1, token);
            ids.AddRange(page.Rows.Select(row => row.Run.WorkflowId));
            token = page.NextPageToken;
        } while (!token.IsEmpty);

        Assert.Equal(["d", "a", "b", "c"], ids);
    }

    [Fact]
    public void A_page_token_that_is_not_ours_is_refused() =>
        Assert.Throws<RpcException>(() => VisibilityScan.List(SampleRuns.All, "", SampleRuns.Custom, 1, ByteString.CopyFromUtf8("x")));

    [Theory]
    [InlineData("GROUP BY ExecutionStatus")]
    [InlineData("TaskQueue IS NOT NULL GROUP BY ExecutionStatus")]
    public void A_count_groups_by_status(string query)
    {
        var count = VisibilityScan.Count(SampleRuns.All, query, SampleRuns.Custom);

        Assert.Equal(4, count.Total);
        Assert.Equal([("\"Running\"", 2L), ("\"Completed\"", 1L), ("\"Failed\"", 1L)], Groups(count));
    }

    [Theory]
    [InlineData("GROUP BY WorkflowType")]
    [InlineData("GROUP BY ExecutionStatus, WorkflowType")]
    [InlineData("GROUP BY")]
    public void Nothing_but_the_status_groups(string query) =>
        Assert.Throws<RpcException>(() => VisibilityScan.Count(SampleRuns.All, query, SampleRuns.Custom));

    [Fact]
    public void A_list_does_not_group() =>
        Assert.Throws<RpcException>(() =>
            VisibilityScan.List(SampleRuns.All, "GROUP BY ExecutionStatus", SampleRuns.Custom, 1, ByteString.Empty)
        );

    internal static IEnumerable<(string Value, long Count)> Groups(VisibilityCount count) =>
        count.Groups.Select(group => (group.Value.Data.ToStringUtf8(), group.Count));
}
