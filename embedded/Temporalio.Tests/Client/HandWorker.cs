using Temporalio.Api.Command.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace Temporalio.Tests.Client;

/// <summary>Answers workflow tasks by hand, so that a client can be tested without a worker.</summary>
internal sealed class HandWorker(ITemporalClient client, string taskQueue)
{
    internal async Task<PollWorkflowTaskQueueResponse> PollAsync() => await client.WorkflowService.PollWorkflowTaskQueueAsync(
        new() { Namespace = client.Options.Namespace, TaskQueue = new() { Name = taskQueue }, Identity = "hand" },
        new() { CancellationToken = TestContext.Current.CancellationToken });

    /// <summary>Takes one task and answers it.</summary>
    internal async Task<PollWorkflowTaskQueueResponse> AnswerAsync(params Command[] commands)
    {
        var task = await PollAsync();
        await client.WorkflowService.RespondWorkflowTaskCompletedAsync(
            new() { Namespace = client.Options.Namespace, TaskToken = task.TaskToken, Identity = "hand", Commands = { commands } });
        return task;
    }

    internal static Command Complete(Api.Common.V1.Payload? result = null) => new()
    {
        CommandType = Api.Enums.V1.CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new() { Result = result is null ? null : new() { Payloads_ = { result } } },
    };

    internal static Command Fail(string message) => new()
    {
        CommandType = Api.Enums.V1.CommandType.FailWorkflowExecution,
        FailWorkflowExecutionCommandAttributes = new()
        {
            Failure = new() { Message = message, ApplicationFailureInfo = new() { Type = "Test", NonRetryable = true } },
        },
    };

    internal Command ContinueAsNew(string workflow) => new()
    {
        CommandType = Api.Enums.V1.CommandType.ContinueAsNewWorkflowExecution,
        ContinueAsNewWorkflowExecutionCommandAttributes = new()
        {
            WorkflowType = new() { Name = workflow },
            TaskQueue = new() { Name = taskQueue },
        },
    };

    internal static Command Timer(TimeSpan delay) => new()
    {
        CommandType = Api.Enums.V1.CommandType.StartTimer,
        StartTimerCommandAttributes = new() { TimerId = "1", StartToFireTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(delay) },
    };

    internal static Command Cancel() => new()
    {
        CommandType = Api.Enums.V1.CommandType.CancelWorkflowExecution,
        CancelWorkflowExecutionCommandAttributes = new(),
    };
}
