using System.Text;

namespace Temporal.Server.Tests.Http;

/// <summary>How HTTP looks, whatever is called.</summary>
public sealed class HttpApiTests
{
    [Fact]
    public async Task Payloads_are_whole_for_the_Web_UI_and_plain_JSON_for_people()
    {
        await using var server = await HttpServer.StartAsync();
        var start = new StringContent(
            """{"taskQueue":{"name":"tq"},"workflowType":{"name":"T"},"input":["hällo",{"n":1},null],"memo":{"fields":{"k":9007199254740993}}}"""
        );
        _ = (await server.SendAsync(HttpMethod.Post, new Uri(server.Api, "/namespaces/default/workflows/w"), start)).Ok;

        var raw = (await server.GetAsync("namespaces/default/workflows/w/history")).Ok["history"]!["events"]![0]![
            "workflowExecutionStartedEventAttributes"
        ]!;
        var shortened = (
            await server.SendAsync(HttpMethod.Get, new Uri(server.Api, "/api/v1/namespaces/default/workflows/w/history?pretty"))
        ).Ok["history"]!["events"]![0]!["workflowExecutionStartedEventAttributes"]!;
        var asked = (
            await server.SendAsync(
                HttpMethod.Get,
                new Uri(server.Api, "/namespaces/default/workflows/w/history"),
                body: null,
                ("Accept", "application/json+no-payload-shorthand")
            )
        ).Ok["history"]!["events"]![0]!["workflowExecutionStartedEventAttributes"]!;

        Assert.Equal("""["hällo",{"n":1},null]""", Relaxed(shortened["input"]!));
        Assert.Equal("9007199254740993", shortened["memo"]!["fields"]!["k"]!.ToJsonString());
        Assert.Equal("\"hällo\"", Encoding.UTF8.GetString(Convert.FromBase64String((string)raw["input"]!["payloads"]![0]!["data"]!)));
        Assert.Equal(
            "json/plain",
            Encoding.UTF8.GetString(Convert.FromBase64String((string)raw["input"]!["payloads"]![1]!["metadata"]!["encoding"]!))
        );
        Assert.Equal(raw.ToJsonString(), asked.ToJsonString());

        static string Relaxed(System.Text.Json.Nodes.JsonNode node) =>
            node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    [Fact]
    public async Task An_error_has_a_status_a_code_a_message_and_details()
    {
        await using var server = await HttpServer.StartAsync();
        var run = await server.StartWorkflowAsync("w");

        var missing = await server.GetAsync("namespaces/default/workflows/none");
        var twice = await server.PostAsync("namespaces/default/workflows/w", """{"taskQueue":{"name":"tq"},"workflowType":{"name":"T"}}""");

        Assert.Equal(
            (404, 5, "workflow not found for ID: none"),
            (missing.Status, (int)missing.Json["code"]!, (string?)missing.Json["message"])
        );
        Assert.Equal((409, 6), (twice.Status, (int)twice.Json["code"]!));
        var detail = Assert.Single(twice.Json["details"]!.AsArray())!;
        Assert.EndsWith("WorkflowExecutionAlreadyStartedFailure", (string)detail["@type"]!, StringComparison.Ordinal);
        Assert.Equal(run, (string?)detail["runId"]);
    }

    [Theory]
    [InlineData("GET", "namespaces/default/nexus-operations", 501, 12)]
    [InlineData("GET", "namespaces/default/archived-workflows", 501, 12)]
    [InlineData("GET", "namespaces/none/workflows", 404, 5)]
    [InlineData("GET", "nothing/here", 404, 5)]
    [InlineData("PUT", "namespaces", 405, 12)]
    [InlineData("GET", "namespaces/default/workflows?pageSize=many", 400, 3)]
    [InlineData("GET", "namespaces/default/workflows?query=Nope%3D1", 400, 3)]
    [InlineData("GET", "namespaces/default/workflows?query=%F0%9F%98%80", 400, 3)]
    [InlineData("GET", "namespaces/default/workflows/w/history?nextPageToken=%21", 400, 3)]
    public async Task What_cannot_be_answered_says_why(string method, string path, int status, int code)
    {
        await using var server = await HttpServer.StartAsync();

        var reply = await server.SendAsync(new HttpMethod(method), new Uri(server.WebUi, "/api/v1/" + path));

        Assert.Equal((status, code), (reply.Status, (int)reply.Json["code"]!));
        Assert.NotEmpty((string)reply.Json["message"]!);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"workflowId":1}""")]
    [InlineData("""{"workflowId":"a","workflowId":"b"}""")]
    [InlineData("""{"workflowId":"\ud800"}""")]
    [InlineData("""{"taskQueue":[]}""")]
    [InlineData("""{"workflowIdReusePolicy":"Sometimes"}""")]
    [InlineData("""{"workflowRunTimeout":"soon"}""")]
    [InlineData("""{"input":{"payloads":[{"data":"*"}]}}""")]
    public async Task A_body_that_is_not_the_request_is_an_invalid_argument(string body)
    {
        await using var server = await HttpServer.StartAsync();

        var reply = await server.PostAsync("namespaces/default/workflows/w", body);

        Assert.Equal((400, 3), (reply.Status, (int)reply.Json["code"]!));
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_too_deep_is_refused()
    {
        await using var server = await HttpServer.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("""{"cause":""", 200)) + "{}" + new string('}', 200);

        // Whoever asks before sending ("Expect: 100-continue") gets the answer; whoever does not may find the connection closed.
        var large = await server.SendAsync(
            HttpMethod.Post,
            new Uri(server.Api, "/namespaces/default/workflows/w"),
            new StringContent(new string(' ', (4 * 1024 * 1024) + 1)),
            ("Expect", "100-continue")
        );
        var nested = await server.PostAsync("namespaces/default/activity-fail", $$"""{"failure":{{deep}}}""");

        Assert.Equal((413, 8), (large.Status, (int)large.Json["code"]!));
        Assert.Equal((400, 3), (nested.Status, (int)nested.Json["code"]!));
    }

    [Fact]
    public async Task What_a_request_does_not_have_is_ignored_and_enums_are_read_in_every_spelling()
    {
        await using var server = await HttpServer.StartAsync();
        await server.StartWorkflowAsync("w");
        foreach (
            var policy in new[] { "\"UseExisting\"", "\"use_existing\"", "\"WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING\"", "\"2\"", "2" }
        )
        {
            var reply = await server.PostAsync(
                "namespaces/default/workflows/w?whatever=1",
                $$"""{"task_queue":{"name":"tq"},"workflowType":{"name":"T","flavour":7},"workflow_id_conflict_policy":{{policy}},"whatever":[1]}"""
            );

            Assert.Null(reply.Ok["started"]);
        }
    }

    [Fact]
    public async Task The_server_tells_of_itself_and_of_its_namespaces()
    {
        await using var server = await HttpServer.StartAsync();

        var settings = (await server.GetAsync("settings")).Ok;
        Assert.Equal(
            ("default", "http://codec", false),
            ((string?)settings["DefaultNamespace"], (string?)settings["Codec"]!["Endpoint"], (bool)settings["Auth"]!["Enabled"]!)
        );
        Assert.True(Version.Parse((string)settings["Version"]!) >= new Version(2, 23));
        Assert.NotEmpty((string)(await server.GetAsync("cluster-info")).Ok["serverVersion"]!);
        Assert.True((bool)(await server.GetAsync("system-info")).Ok["capabilities"]!["sdkMetadata"]!);
        Assert.Equal(
            "default",
            (string?)
                Assert.Single((await server.GetAsync("namespaces?next_page_token=")).Ok["namespaces"]!.AsArray())!["namespaceInfo"]!["name"]
        );
        Assert.Equal("NAMESPACE_STATE_REGISTERED", (string?)(await server.GetAsync("namespaces/default")).Ok["namespaceInfo"]!["state"]);
        Assert.Equal(
            "INDEXED_VALUE_TYPE_KEYWORD",
            (string?)(await server.GetAsync("namespaces/default/search-attributes")).Ok["systemAttributes"]!["WorkflowId"]
        );
        _ = (await server.GetAsync("namespaces/default/task-queues/tq?taskQueueType=1")).Ok;
        Assert.Equal(
            """{"status":"SERVING"}""",
            (await server.SendAsync(HttpMethod.Get, new Uri(server.WebUi, "/healthz"))).Ok.ToJsonString()
        );
        Assert.Equal(
            "default",
            (string?)
                (await server.SendAsync(HttpMethod.Get, new Uri(server.Api, "/cluster/namespaces/default"))).Ok["namespaceInfo"]!["name"]
        );
    }
}
