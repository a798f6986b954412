using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>
/// An update: accepted or rejected, and completed. Answers are protocol messages; acceptance and completion also need a
/// command, which fixes their place among the events. A rejection leaves no trace in history.
/// </summary>
internal sealed class UpdateMachine : CommandMachine
{
    private readonly string messageId;
    private readonly string instanceId;
    private readonly long sequencingEventId;
    private readonly Request request;
    private bool accepted;
    private bool acceptanceRecorded;

    internal UpdateMachine(IMachineHost host, Message message, Request request)
        : base(host)
    {
        messageId = message.Id;
        instanceId = message.ProtocolInstanceId;
        sequencingEventId = message.EventId;
        this.request = request;
        host.Resolve(new ActivationJob.Update(
            request.Meta.UpdateId,
            instanceId,
            request.Input.Name,
            request.Input.Args?.Payloads_ ?? [],
            request.Input.Header?.Fields ?? [],
            RunValidator: !host.IsReplaying));
    }

    internal override string DescribeCommand() =>
        $"ProtocolMessage ({(acceptanceRecorded ? "completion" : "acceptance")} of update {request.Meta.UpdateId})";

    internal void Accept()
    {
        accepted = true;
        IssueWith("accept", new Acceptance
        {
            AcceptedRequestMessageId = messageId,
            AcceptedRequestSequencingEventId = sequencingEventId,
            AcceptedRequest = request,
        });
    }

    /// <summary>Refuses the update, or fails it if it is accepted already.</summary>
    internal void Reject(Failure failure)
    {
        if (accepted)
        {
            Complete(new Outcome { Failure = failure });
            return;
        }
        Host.Send(MessageOf("reject", new Rejection
        {
            RejectedRequestMessageId = messageId,
            RejectedRequestSequencingEventId = sequencingEventId,
            RejectedRequest = request,
            Failure = failure,
        }));
    }

    internal void Complete(Payload result) =>
        Complete(new Outcome { Success = new Payloads { Payloads_ = { result } } });

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (!acceptanceRecorded &&
            e.WorkflowExecutionUpdateAcceptedEventAttributes?.ProtocolInstanceId == instanceId)
        {
            acceptanceRecorded = true;
        }
        else if (!acceptanceRecorded ||
            e.WorkflowExecutionUpdateCompletedEventAttributes?.Meta?.UpdateId != request.Meta.UpdateId)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }

    private void Complete(Outcome outcome) =>
        IssueWith("complete", new Response { Meta = request.Meta, Outcome = outcome });

    private void IssueWith(string step, IMessage body)
    {
        var message = MessageOf(step, body);
        Host.Send(message);
        Host.Issue(this, new()
        {
            CommandType = CommandType.ProtocolMessage,
            ProtocolMessageCommandAttributes = new() { MessageId = message.Id },
        });
    }

    private Message MessageOf(string step, IMessage body) => new()
    {
        Id = $"{messageId}/{step}",
        ProtocolInstanceId = instanceId,
        Body = Any.Pack(body),
    };
}
