using Google.Protobuf;
using Temporal.Server.History.Commands;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.History.Updates;

/// <summary>The worker's side of the update protocol: acceptance, rejection, response.</summary>
internal static class UpdateMessages
{
    /// <summary>Processes one message.</summary>
    /// <exception cref="BadCommandException">It does not fit the update's state.</exception>
    public static void Process(CommandScope scope, Message message)
    {
        if (message.Body is null)
        {
            throw Bad($"Message {message.Id} has no body.");
        }

        CommandSizes.Check(scope.Limits, message);

        try
        {
            if (message.Body.TryUnpack(out Acceptance acceptance))
            {
                Accept(scope, message, acceptance);
            }
            else if (message.Body.TryUnpack(out Rejection rejection))
            {
                Reject(scope, message, rejection);
            }
            else if (message.Body.TryUnpack(out Response response))
            {
                Complete(scope, message, response);
            }
            else
            {
                throw Bad($"Message {message.Id} has a body of unknown type {message.Body.TypeUrl}.");
            }
        }
        catch (InvalidProtocolBufferException error)
        {
            throw Bad($"Message {message.Id} does not parse: {error.Message}");
        }
    }

    /// <summary>Rejects what the worker had and did not answer.</summary>
    public static void RejectUnanswered(Transition t, IReadOnlySet<string> answered)
    {
        foreach (var update in t.Run.Updates.Sent.Where(update => !answered.Contains(update.Id)))
        {
            var outcome = new Outcome
            {
                Failure = new Failure
                {
                    Message =
                        "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
                    Source = "Server",
                    ApplicationFailureInfo = new ApplicationFailureInfo { Type = "UnprocessedUpdate", NonRetryable = true },
                },
            };
            t.State.RejectUpdate(update.Id);
            t.After(() => t.Run.Updates.End(update.Id, outcome));
        }
    }

    private static void Accept(CommandScope scope, Message message, Acceptance acceptance)
    {
        var id = message.ProtocolInstanceId;
        var update = scope.Transition.Run.Updates.Find(id);
        if (scope.State.Updates.ContainsKey(id))
        {
            throw Bad($"Update {id} was accepted before.");
        }

        // A request that history has already (in the admission) is not written again.
        var request = scope.State.AdmittedUpdates.ContainsKey(id)
            ? null
            : acceptance.AcceptedRequest
                ?? update?.Request
                ?? throw Bad($"Update {id} is not known here and its acceptance has no request.");
        scope.Transition.Add(
            new HistoryEvent
            {
                WorkflowExecutionUpdateAcceptedEventAttributes = new WorkflowExecutionUpdateAcceptedEventAttributes
                {
                    ProtocolInstanceId = id,
                    AcceptedRequestMessageId = acceptance.AcceptedRequestMessageId,
                    AcceptedRequestSequencingEventId = acceptance.AcceptedRequestSequencingEventId,
                    AcceptedRequest = request,
                },
            }
        );
        scope.Transition.After(() => scope.Transition.Run.Updates.Accept(id));
    }

    private static void Reject(CommandScope scope, Message message, Rejection rejection)
    {
        var id = message.ProtocolInstanceId;
        if (scope.State.Updates.ContainsKey(id))
        {
            throw Bad($"Update {id} was accepted before and cannot be rejected.");
        }

        var outcome = new Outcome { Failure = rejection.Failure ?? throw Bad($"The rejection of update {id} has no failure.") };
        scope.State.RejectUpdate(id);
        scope.Transition.After(() => scope.Transition.Run.Updates.End(id, outcome));
    }

    private static void Complete(CommandScope scope, Message message, Response response)
    {
        var id = message.ProtocolInstanceId;
        if (!scope.State.Updates.TryGetValue(id, out var recorded))
        {
            throw Bad($"Update {id} is completed without having been accepted.");
        }

        if (recorded.Outcome is not null)
        {
            throw Bad($"Update {id} was completed before.");
        }

        var outcome = response.Outcome ?? throw Bad($"The response to update {id} has no outcome.");
        scope.Transition.Add(
            new HistoryEvent
            {
                WorkflowExecutionUpdateCompletedEventAttributes = new WorkflowExecutionUpdateCompletedEventAttributes
                {
                    Meta = response.Meta ?? new Meta { UpdateId = id },
                    AcceptedEventId = recorded.AcceptedEventId,
                    Outcome = outcome,
                },
            }
        );
        scope.Transition.After(() => scope.Transition.Run.Updates.End(id, outcome));
    }

    private static BadCommandException Bad(string message) => new(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, message);
}
