using Temporalio.Converters;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Execution;

/// <summary>
/// The payload codecs of one run: its own, and, for a codec that depends on what a payload belongs to, those of the
/// activities and other workflows that it calls. What comes back is decoded as what it was asked for.
/// </summary>
internal sealed class RunCodecs(
    IPayloadCodec codec, string @namespace, string workflowId, string workflowType, string taskQueue)
{
    private readonly IWithSerializationContext<IPayloadCodec>? contextual = codec as IWithSerializationContext<IPayloadCodec>;
    private readonly Dictionary<(Call Kind, uint Seq), IPayloadCodec> pending = [];

    private enum Call
    {
        Activity,
        Child,
        ExternalSignal,
        ExternalCancel,
    }

    /// <summary>Gets the codec of what belongs to the workflow itself.</summary>
    internal IPayloadCodec Own { get; } = codec is IWithSerializationContext<IPayloadCodec> own
        ? own.WithSerializationContext(new ISerializationContext.Workflow(@namespace, workflowId))
        : codec;

    /// <summary>The codec for what the workflow wants done, kept for its outcome.</summary>
    internal IPayloadCodec For(WorkflowIntent intent) => intent switch
    {
        WorkflowIntent.ScheduleActivity i => Keep(Call.Activity, i.Seq, Activity(
            i.Attributes.ActivityId, i.Attributes.ActivityType.Name, i.Attributes.TaskQueue.Name, isLocal: false)),
        WorkflowIntent.ScheduleLocalActivity i => Keep(
            Call.Activity, i.Seq, Activity(i.ActivityId, i.ActivityType, taskQueue, isLocal: true)),
        WorkflowIntent.StartChild i => Keep(Call.Child, i.Seq, Workflow(i.Attributes.WorkflowId)),
        WorkflowIntent.SignalExternal i => Keep(Call.ExternalSignal, i.Seq, Workflow(i.Attributes.Execution.WorkflowId)),
        WorkflowIntent.CancelExternal i => Keep(Call.ExternalCancel, i.Seq, Workflow(i.Attributes.WorkflowId)),
        _ => Own,
    };

    /// <summary>The codec for what the workflow is told.</summary>
    internal IPayloadCodec For(ActivationJob job) => job switch
    {
        ActivationJob.ResolveActivity j => Take(Call.Activity, j.Seq),
        ActivationJob.ResolveChildStart { Outcome: ChildStartOutcome.Started } => Own,
        ActivationJob.ResolveChildStart j => Take(Call.Child, j.Seq),
        ActivationJob.ResolveChild j => Take(Call.Child, j.Seq),
        ActivationJob.ResolveExternalSignal j => Take(Call.ExternalSignal, j.Seq),
        ActivationJob.ResolveExternalCancel j => Take(Call.ExternalCancel, j.Seq),
        _ => Own,
    };

    private IPayloadCodec Keep(Call kind, uint seq, ISerializationContext context) =>
        contextual == null ? codec : pending[(kind, seq)] = contextual.WithSerializationContext(context);

    private IPayloadCodec Take(Call kind, uint seq) => pending.Remove((kind, seq), out var kept) ? kept : codec;

    private ISerializationContext.Workflow Workflow(string id) => new(@namespace, id);

    private ISerializationContext.Activity Activity(string id, string type, string queue, bool isLocal) =>
        new(@namespace, id, workflowId, workflowType, type, queue, isLocal);
}
