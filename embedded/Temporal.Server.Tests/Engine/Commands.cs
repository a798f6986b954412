using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Temporal.Server.Tests.Engine;

/// <summary>Workers' commands, short.</summary>
internal static class Commands
{
    public static Command Activity(string id = "1", Action<ScheduleActivityTaskCommandAttributes>? change = null)
    {
        var attributes = new ScheduleActivityTaskCommandAttributes
        {
            ActivityId = id,
            ActivityType = new ActivityType { Name = "act" },
            TaskQueue = EngineHost.Queue("tq"),
            StartToCloseTimeout = Seconds(10),
        };
        change?.Invoke(attributes);
        return new Command { CommandType = CommandType.ScheduleActivityTask, ScheduleActivityTaskCommandAttributes = attributes };
    }

    public static Command CancelActivity(long scheduledEventId) =>
        new()
        {
            CommandType = CommandType.RequestCancelActivityTask,
            RequestCancelActivityTaskCommandAttributes = new RequestCancelActivityTaskCommandAttributes
            {
                ScheduledEventId = scheduledEventId,
            },
        };

    public static Command Timer(string id = "1", int seconds = 60) =>
        new()
        {
            CommandType = CommandType.StartTimer,
            StartTimerCommandAttributes = new StartTimerCommandAttributes { TimerId = id, StartToFireTimeout = Seconds(seconds) },
        };

    public static Command CancelTimer(string id = "1") =>
        new()
        {
            CommandType = CommandType.CancelTimer,
            CancelTimerCommandAttributes = new CancelTimerCommandAttributes { TimerId = id },
        };

    public static Command Complete() =>
        new()
        {
            CommandType = CommandType.CompleteWorkflowExecution,
            CompleteWorkflowExecutionCommandAttributes = new CompleteWorkflowExecutionCommandAttributes { Result = Text("result") },
        };

    public static Command Fail(string message = "failed") =>
        new()
        {
            CommandType = CommandType.FailWorkflowExecution,
            FailWorkflowExecutionCommandAttributes = new FailWorkflowExecutionCommandAttributes { Failure = Failed(message) },
        };

    public static Command ContinueAsNew() =>
        new()
        {
            CommandType = CommandType.ContinueAsNewWorkflowExecution,
            ContinueAsNewWorkflowExecutionCommandAttributes = new ContinueAsNewWorkflowExecutionCommandAttributes { Input = Text("next") },
        };

    public static Command Child(string workflowId, ParentClosePolicy policy = ParentClosePolicy.Terminate) =>
        new()
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = new StartChildWorkflowExecutionCommandAttributes
            {
                WorkflowId = workflowId,
                WorkflowType = new WorkflowType { Name = "Child" },
                TaskQueue = EngineHost.Queue("tq"),
                ParentClosePolicy = policy,
            },
        };

    public static Command SignalExternal(string workflowId) =>
        new()
        {
            CommandType = CommandType.SignalExternalWorkflowExecution,
            SignalExternalWorkflowExecutionCommandAttributes = new SignalExternalWorkflowExecutionCommandAttributes
            {
                Execution = new WorkflowExecution { WorkflowId = workflowId },
                SignalName = "external",
            },
        };

    public static Command CancelExternal(string workflowId) =>
        new()
        {
            CommandType = CommandType.RequestCancelExternalWorkflowExecution,
            RequestCancelExternalWorkflowExecutionCommandAttributes = new RequestCancelExternalWorkflowExecutionCommandAttributes
            {
                WorkflowId = workflowId,
            },
        };

    public static Command Upsert(string name, string value) =>
        new()
        {
            CommandType = CommandType.UpsertWorkflowSearchAttributes,
            UpsertWorkflowSearchAttributesCommandAttributes = new UpsertWorkflowSearchAttributesCommandAttributes
            {
                SearchAttributes = new SearchAttributes { IndexedFields = { [name] = Json(value) } },
            },
        };

    public static Command Marker() =>
        new()
        {
            CommandType = CommandType.RecordMarker,
            RecordMarkerCommandAttributes = new RecordMarkerCommandAttributes { MarkerName = "marker" },
        };

    public static Command Message(string messageId) =>
        new()
        {
            CommandType = CommandType.ProtocolMessage,
            ProtocolMessageCommandAttributes = new ProtocolMessageCommandAttributes { MessageId = messageId },
        };

    public static Failure Failed(string message = "failed", bool nonRetryable = false, string type = "Type") =>
        new()
        {
            Message = message,
            ApplicationFailureInfo = new ApplicationFailureInfo { NonRetryable = nonRetryable, Type = type },
        };

    public static Payloads Text(string text) => new() { Payloads_ = { Json(text) } };

    public static Payload Json(string text) =>
        new() { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") }, Data = ByteString.CopyFromUtf8($"\"{text}\"") };

    public static Duration Seconds(double seconds) => Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
}
