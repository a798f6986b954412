using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>Calls as the Temporal CLI and the Web UI make them: their user types the JSON, and sees the failure's message.</summary>
internal static class RawCalls
{
    /// <summary>Sends an update, and waits until the workflow has refused or done it.</summary>
    /// <param name="client">Temporal.</param>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="update">The update's name.</param>
    /// <param name="json">What the user typed; null for no input at all.</param>
    /// <param name="encoding">What the tool says that it is.</param>
    /// <param name="header">The name of a header that the tool sends along.</param>
    public static async Task<Outcome> UpdateAsync(
        this ITemporalClient client,
        string workflowId,
        string update,
        string? json,
        string encoding = "json/plain",
        string? header = null
    )
    {
        var request = new UpdateWorkflowExecutionRequest
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = new() { WorkflowId = workflowId },
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
            Request = new()
            {
                Meta = new() { UpdateId = Guid.NewGuid().ToString(), Identity = "temporal-cli:jane@desk" },
                Input = new() { Name = update, Args = json is null ? new() : Input(json, encoding) },
            },
        };
        if (header is not null)
        {
            request.Request.Input.Header = new() { Fields = { [header] = Input("{}", encoding).Payloads_[0] } };
        }

        while (true)
        {
            var response = await client.WorkflowService.UpdateWorkflowExecutionAsync(request);
            if (response.Outcome is { } outcome)
            {
                return outcome;
            }
        }
    }

    /// <summary>The refusal of an update, as the tool shows it.</summary>
    public static async Task<string> RefusalAsync(this ITemporalClient client, string workflowId, string update, string? json)
    {
        var failure = await client.FailureAsync(workflowId, update, json);
        Assert.True(failure.ApplicationFailureInfo.NonRetryable, $"a client would try it again: {failure.Message}");
        Assert.Null(failure.Cause);
        return failure.Message;
    }

    /// <summary>The failure of an update.</summary>
    public static async Task<Failure> FailureAsync(
        this ITemporalClient client,
        string workflowId,
        string update,
        string? json,
        string encoding = "json/plain"
    )
    {
        var outcome = await client.UpdateAsync(workflowId, update, json, encoding);
        return outcome.Failure ?? throw new InvalidOperationException($"{update} was not refused: {outcome.Success}");
    }

    /// <summary>The workflow's answer to an update, as the tool shows it.</summary>
    public static async Task<string> AnswerAsync(this ITemporalClient client, string workflowId, string update, string json)
    {
        var outcome = await client.UpdateAsync(workflowId, update, json);
        Assert.Null(outcome.Failure);
        return Assert.Single(outcome.Success.Payloads_).Data.ToStringUtf8();
    }

    /// <summary>Sends a signal.</summary>
    public static Task SignalAsync(this ITemporalClient client, string workflowId, string signal, string json) =>
        client.WorkflowService.SignalWorkflowExecutionAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                WorkflowExecution = new() { WorkflowId = workflowId },
                SignalName = signal,
                Input = Input(json, "json/plain"),
                RequestId = Guid.NewGuid().ToString(),
            }
        );

    private static Payloads Input(string json, string encoding) =>
        new()
        {
            Payloads_ =
            {
                new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8(encoding) }, Data = ByteString.CopyFromUtf8(json) },
            },
        };
}
