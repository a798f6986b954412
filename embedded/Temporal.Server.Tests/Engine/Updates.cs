using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>Both sides of the update protocol, short.</summary>
internal static class Updates
{
    public static UpdateWorkflowExecutionRequest Update(string id, Stage wait, string workflowId = "w") =>
        new()
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = workflowId },
            WaitPolicy = new WaitPolicy { LifecycleStage = wait },
            Request = new Request
            {
                Meta = new Meta { UpdateId = id },
                Input = new Input { Name = "update" },
            },
        };

    /// <summary>Sends an update; the task ends when the stage is reached. The update is admitted when this returns.</summary>
    public static Task<UpdateWorkflowExecutionResponse> UpdateAsync(
        this EngineHost server,
        string id,
        Stage wait,
        TimeSpan? deadline = null
    ) => server.CallAsync<UpdateWorkflowExecutionResponse>(Update(id, wait), deadline);

    /// <summary>Starts a workflow, or finds it, and sends it an update.</summary>
    public static Task<ExecuteMultiOperationResponse> UpdateWithStartAsync(this EngineHost server, string workflowId, string id, Stage wait)
    {
        var start = EngineHost.StartOf(workflowId);
        start.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
        return server.CallAsync<ExecuteMultiOperationResponse>(
            new ExecuteMultiOperationRequest
            {
                Namespace = "default",
                Operations =
                {
                    new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = start },
                    new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = Update(id, wait, workflowId) },
                },
            }
        );
    }

    /// <summary>Completes a workflow task with the acceptance and the outcome of an update, and then with these commands.</summary>
    public static Task<RespondWorkflowTaskCompletedResponse> CarryOutAsync(
        this EngineHost server,
        PollWorkflowTaskQueueResponse task,
        Message request,
        params Command[] commands
    )
    {
        var id = request.ProtocolInstanceId;
        return server.CompleteAsync(
            task,
            r => r.Messages.Add([Accepts(request), Responds(id)]),
            [Message($"{id}/accept"), Message($"{id}/complete"), .. commands]
        );
    }

    public static Message Accepts(Message request) =>
        Packed(
            $"{request.ProtocolInstanceId}/accept",
            request.ProtocolInstanceId,
            new Acceptance
            {
                AcceptedRequestMessageId = request.Id,
                AcceptedRequestSequencingEventId = request.EventId,
                AcceptedRequest = request.Body.Unpack<Request>(),
            }
        );

    /// <summary>Accepts an update whose request came in history, as workers do.</summary>
    public static Message Accepts(HistoryEvent admitted)
    {
        var request = admitted.WorkflowExecutionUpdateAdmittedEventAttributes.Request;
        var id = request.Meta.UpdateId;
        return Accepts(
            new Message
            {
                Id = $"{id}/request",
                ProtocolInstanceId = id,
                EventId = admitted.EventId,
                Body = Any.Pack(request),
            }
        );
    }

    public static Message Rejects(string id) => Packed($"{id}/reject", id, new Rejection { Failure = Failed("no") });

    public static Message Responds(string id) =>
        Packed(
            $"{id}/complete",
            id,
            new Response
            {
                Meta = new Meta { UpdateId = id },
                Outcome = new Outcome { Success = Text("outcome") },
            }
        );

    private static Message Packed(string messageId, string id, IMessage body) =>
        new()
        {
            Id = messageId,
            ProtocolInstanceId = id,
            Body = Any.Pack(body),
        };
}
