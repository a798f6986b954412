using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Tests.SearchAttributesAndHistories;

public sealed class WorkflowHistoryTests
{
    [Theory]
    [InlineData("WorkflowExecutionFailed", "InProgress", "StartToClose")]
    [InlineData("EVENT_TYPE_WORKFLOW_EXECUTION_FAILED", "RETRY_STATE_IN_PROGRESS", "TIMEOUT_TYPE_START_TO_CLOSE")]
    public void Both_dialects_of_json_are_read(string eventType, string retryState, string timeoutType)
    {
        var json = $$$"""
            {"events":[{"eventId":"1","eventTime":"2026-01-02T03:04:05.123Z","eventType":"{{{eventType}}}","unknownField":1,
              "workflowExecutionFailedEventAttributes":{"retryState":"{{{retryState}}}", "failure":{"message":"outer",
                "cause":{"timeoutFailureInfo":{"timeoutType":"{{{timeoutType}}}" } } } } } ] }
            """;

        var history = WorkflowHistory.FromJson("id", json);

        var only = Assert.Single(history.Events);
        Assert.Equal(EventType.WorkflowExecutionFailed, only.EventType);
        Assert.Equal(RetryState.InProgress, only.WorkflowExecutionFailedEventAttributes.RetryState);
        Assert.Equal(TimeoutType.StartToClose, only.WorkflowExecutionFailedEventAttributes.Failure.Cause.TimeoutFailureInfo.TimeoutType);
        Assert.Equal(history.Events, WorkflowHistory.FromJson("id", history.ToJson()).Events);
    }

    [Fact]
    public void A_list_of_events_and_payloads_written_as_their_contents_are_read()
    {
        const string Json = """
            [ {"event_id":"1","eventTime":"2023-03-28T23:20:32.274140521Z","eventType":1,"workflowExecutionStartedEventAttributes":{
                 "workflowType":{"name":"Old"},"taskQueue":{"name":"tq","kind":"Normal"},"workflowTaskTimeout":"10s","input":["a",{"b":[1]},null,
                   {"metadata":{"encoding":"YmluYXJ5L3BsYWlu"},"data":"AQI="},{"_protoMessageType":"temporal.api.common.v1.Link","x":1}],
                 "memo":{"fields":{"note":"x","none":null} },"header":null,"searchAttributes":{"indexedFields":{"When":{"metadata":{"type":"RGF0ZXRpbWU=","encoding":"anNvbi9wbGFpbg=="},"data":"IjEi"} } } } } ]
            """;

        var started = Assert.Single(WorkflowHistory.FromJson("id", Json).Events).WorkflowExecutionStartedEventAttributes;

        Assert.Equal(
            ["json/plain \"a\"", "json/plain {\"b\":[1]}", "binary/null ", "binary/plain \u0001\u0002", "json/protobuf {\"x\":1}"],
            started.Input.Payloads_.Select(Text));
        Assert.Equal("temporal.api.common.v1.Link", started.Input.Payloads_[4].Metadata["messageType"].ToStringUtf8());
        Assert.Equal(["json/plain \"x\"", "binary/null "], [Text(started.Memo.Fields["note"]), Text(started.Memo.Fields["none"])]);
        Assert.Equal("json/plain \"1\"", Text(started.SearchAttributes.IndexedFields["When"]));
        Assert.Null(started.Header);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"events\"")]
    [InlineData("not json")]
    [InlineData("{\"events\":[{\"eventType\":\"NoSuchType\"}]}")]
    public void What_is_not_a_history_is_refused(string json)
    {
        Assert.Throws<ArgumentException>(() => WorkflowHistory.FromJson("id", json));
    }

    private static string Text(Api.Common.V1.Payload payload) =>
        $"{payload.Metadata["encoding"].ToStringUtf8()} {payload.Data.ToStringUtf8()}";
}
