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

    [Theory]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{\"events\":[{\"eventType\":\"NoSuchType\"}]}")]
    public void What_is_not_a_history_is_refused(string json)
    {
        Assert.Throws<ArgumentException>(() => WorkflowHistory.FromJson("id", json));
    }
}
