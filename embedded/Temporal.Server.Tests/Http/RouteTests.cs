using Google.Protobuf;
using Temporal.Server.Http.Json;
using Temporal.Server.Http.Routing;

namespace Temporal.Server.Tests.Http;

public sealed class RouteTests
{
    [Fact]
    public void Every_route_leads_to_a_call_that_exists_and_fills_fields_that_it_has()
    {
        var calls = new[] { Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor, Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor }
            .SelectMany(file => file.Services).SelectMany(service => service.Methods).ToDictionary(method => method.Name);

        Assert.All(RouteTable.All, route =>
        {
            var request = calls[route.Call].InputType.Parser.ParseFrom(ByteString.Empty);
            foreach (var segment in route.Path.Split('/').Concat(route.Bare?.Split('/') ?? []).Where(segment => segment.StartsWith('{')))
            {
                Assert.True(FieldPath.TrySet(request, segment[1..^1], "x"), $"{route.Call} has no {segment}");
            }
        });
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
        Assert.Equal(("variable", "z"), (tree.Find("GET", ["a", "z"], out _)!.Target, tree.Find("GET", ["a", "z"], out _)!.Variables.Single().Value));
        Assert.Equal("behind", tree.Find("POST", ["a", "b", "d"], out _)!.Target);
        Assert.Null(tree.Find("GET", ["a", "b", "d"], out var verbs));
        Assert.Equal(["POST"], verbs);
        Assert.Null(tree.Find("GET", ["a", ""], out _));
    }
}
