using Google.Protobuf;
using Temporal.Server.Http.Json;
using Temporal.Server.Http.Routing;

namespace Temporal.Server.Tests.Http;

public sealed class RouteTests
{
    [Fact]
    public void Every_route_fills_fields_that_its_call_has()
    {
        Assert.NotEmpty(RouteTable.All);
        Assert.All(RouteTable.All, route =>
        {
            var request = route.Call.InputType.Parser.ParseFrom(ByteString.Empty);
            foreach (var segment in route.Template.Split('/').Where(segment => segment.Contains('{', StringComparison.Ordinal)))
            {
                Assert.True(FieldPath.TrySet(request, segment[1..^1], "x"), $"{route.Call.Name} has no {segment}");
            }
        });
    }

    [Fact]
    public void The_web_uis_calls_are_where_it_looks_for_them_and_the_http_apis_where_the_real_servers_are()
    {
        var routes = RouteTable.All.Select(route => $"{route.Verb} {route.Template} {route.Call.Name}").ToHashSet();

        Assert.Contains("GET /api/v1/cluster-info GetClusterInfo", routes);
        Assert.Contains("GET /cluster GetClusterInfo", routes);
        Assert.Contains("GET /api/v1/namespaces/{namespace}/workflows/{execution.workflow_id}/history GetWorkflowExecutionHistory", routes);
        Assert.Contains(
            "POST /namespaces/{namespace}/workflows/{workflow_execution.workflow_id}/signal/{signal_name} SignalWorkflowExecution",
            routes
        );
        Assert.Contains("DELETE /api/v1/namespaces/{namespace}/schedules/{schedule_id} DeleteSchedule", routes);
        Assert.Contains("GET /api/v1/namespaces/{namespace}/search-attributes ListSearchAttributes", routes);
    }

    [Theory]
    [InlineData("/a/b?c/d", "a|b")]
    [InlineData("/a%2Fb/c%20d/", "a/b|c d")]
    [InlineData("http://host:1/a/b", "a|b")]
    [InlineData("http://host", "")]
    [InlineData("/", "")]
    [InlineData("/x?u=http://host/a", "x")]
    [InlineData("/%E2%82%AC/%ZZ/%", "€|%ZZ|%")]
    public void A_path_is_split_before_it_is_decoded(string target, string segments) =>
        Assert.Equal(segments.Split('|', StringSplitOptions.RemoveEmptyEntries), RawPath.Segments(target));

    [Fact]
    public void A_literal_segment_wins_over_a_variable_one_and_a_dead_end_is_left_again()
    {
        var tree = new RouteTree<string>();
        tree.Add("GET", "a/{x}", "variable");
        tree.Add("GET", "a/b", "literal");
        tree.Add("GET", "a/b/c", "deep");
        tree.Add("POST", "a/{x}/d", "behind");

        Assert.Equal("literal", tree.Find("GET", ["a", "b"], out _)!.Target);
        Assert.Equal(
            ("variable", "z"),
            (tree.Find("GET", ["a", "z"], out _)!.Target, tree.Find("GET", ["a", "z"], out _)!.Variables.Single().Value)
        );
        Assert.Equal("behind", tree.Find("POST", ["a", "b", "d"], out _)!.Target);
        Assert.Null(tree.Find("GET", ["a", "b", "d"], out var verbs));
        Assert.Equal(["POST"], verbs);
        Assert.Null(tree.Find("GET", ["a", ""], out _));
    }
}
