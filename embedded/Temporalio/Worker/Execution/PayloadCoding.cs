using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Applies the user's payload codec on the way into and out of a workflow. Codecs may do I/O, which workflow code must not,
/// so this happens before and after its turns. Search attributes stay readable for the server.
/// </summary>
internal sealed class PayloadCoding(RunCodecs? codecs)
{
    private delegate Task<IReadOnlyCollection<Payload>> Code(IReadOnlyCollection<Payload> payloads);

    internal async Task<Activation> DecodeAsync(Activation activation)
    {
        if (codecs == null)
        {
            return activation;
        }
        var jobs = new List<ActivationJob>(activation.Jobs.Count);
        foreach (var job in activation.Jobs)
        {
            jobs.Add(await DecodeAsync(job, codecs.For(job).DecodeAsync).ConfigureAwait(false));
        }
        return activation with { Jobs = jobs };
    }

    internal async Task<IReadOnlyList<WorkflowIntent>> EncodeAsync(IReadOnlyList<WorkflowIntent> intents)
    {
        if (codecs == null)
        {
            return intents;
        }
        var encoded = new List<WorkflowIntent>(intents.Count);
        foreach (var intent in intents)
        {
            encoded.Add(await EncodeAsync(intent, codecs.For(intent).EncodeAsync).ConfigureAwait(false));
        }
        return encoded;
    }

    internal async Task<Api.Failure.V1.Failure> EncodeAsync(Api.Failure.V1.Failure failure)
    {
        if (codecs != null)
        {
            await VisitAsync(failure, codecs.Own.EncodeAsync).ConfigureAwait(false);
        }
        return failure;
    }

    private static async Task<ActivationJob> DecodeAsync(ActivationJob job, Code code) => job switch
    {
        ActivationJob.Initialize j => j with { Started = await CopyAsync(j.Started, code).ConfigureAwait(false) },
        ActivationJob.Signal j => j with { Attributes = await CopyAsync(j.Attributes, code).ConfigureAwait(false) },
        ActivationJob.Update j => j with
        {
            Input = await ListAsync(j.Input, code).ConfigureAwait(false),
            Headers = await MapAsync(j.Headers, code).ConfigureAwait(false),
        },
        ActivationJob.Query j => j with
        {
            Arguments = await ListAsync(j.Arguments, code).ConfigureAwait(false),
            Headers = await MapAsync(j.Headers, code).ConfigureAwait(false),
        },
        ActivationJob.ResolveActivity { Outcome: ActivityOutcome.Completed { Result: { } result } completed } j => j with
        {
            Outcome = completed with { Result = await CopyAsync(result, code).ConfigureAwait(false) },
        },
        ActivationJob.ResolveActivity { Outcome: ActivityOutcome.Failed failed } j => j with
        {
            Outcome = new ActivityOutcome.Failed(await CopyAsync(failed.Failure, code).ConfigureAwait(false)),
        },
        ActivationJob.ResolveChildStart { Outcome: ChildStartOutcome.Canceled canceled } j => j with
        {
            Outcome = new ChildStartOutcome.Canceled(await CopyAsync(canceled.Failure, code).ConfigureAwait(false)),
        },
        ActivationJob.ResolveChild j => j with
        {
            Result = await CopyOptionalAsync(j.Result, code).ConfigureAwait(false),
            Failure = await CopyOptionalAsync(j.Failure, code).ConfigureAwait(false),
        },
        ActivationJob.ResolveExternalSignal j =>
            j with { Failure = await CopyOptionalAsync(j.Failure, code).ConfigureAwait(false) },
        ActivationJob.ResolveExternalCancel j =>
            j with { Failure = await CopyOptionalAsync(j.Failure, code).ConfigureAwait(false) },
        _ => job,
    };

    private static async Task<WorkflowIntent> EncodeAsync(WorkflowIntent intent, Code code)
    {
        IEnumerable<IMessage?> messages = intent switch
        {
            WorkflowIntent.StartTimer i => [i.Metadata],
            WorkflowIntent.ScheduleActivity i => [i.Attributes, i.Metadata],
            WorkflowIntent.StartChild i => [i.Attributes, i.Metadata],
            WorkflowIntent.SignalExternal i => [i.Attributes],
            WorkflowIntent.UpsertMemo i => [i.Memo],
            WorkflowIntent.RejectUpdate i => [i.Failure],
            WorkflowIntent.CompleteUpdate i => [i.Result],
            WorkflowIntent.AnswerQuery i => [i.Answer, i.Failure],
            WorkflowIntent.Complete i => [i.Result],
            WorkflowIntent.Fail i => [i.Failure],
            WorkflowIntent.ContinueAsNew i => [i.Attributes],
            WorkflowIntent.ScheduleLocalActivity i => [i.Metadata],
            _ => [],
        };
        foreach (var message in messages.OfType<IMessage>())
        {
            await VisitAsync(message, code).ConfigureAwait(false);
        }
        return intent is WorkflowIntent.ScheduleLocalActivity local
            ? local with
            {
                Arguments = await ListAsync(local.Arguments, code).ConfigureAwait(false),
                Headers = await MapAsync(local.Headers, code).ConfigureAwait(false),
            }
            : intent;
    }

    // The machines keep the originals, which go back to the server as they came.
    private static async Task<T> CopyAsync<T>(T message, Code code)
        where T : IMessage<T>, IDeepCloneable<T>
    {
        var copy = message.Clone();
        await VisitAsync(copy, code).ConfigureAwait(false);
        return copy;
    }

    private static async Task<T?> CopyOptionalAsync<T>(T? message, Code code)
        where T : class, IMessage<T>, IDeepCloneable<T> =>
        message == null ? null : await CopyAsync(message, code).ConfigureAwait(false);

    private static async Task<IReadOnlyList<Payload>> ListAsync(IReadOnlyList<Payload> payloads, Code code) =>
        payloads.Count == 0 ? payloads : [.. await code([.. payloads.Select(p => p.Clone())]).ConfigureAwait(false)];

    private static async Task<IReadOnlyDictionary<string, Payload>> MapAsync(
        IReadOnlyDictionary<string, Payload> payloads, Code code)
    {
        var result = new Dictionary<string, Payload>(payloads.Count);
        foreach (var (key, payload) in payloads)
        {
            result[key] = (await code([payload.Clone()]).ConfigureAwait(false)).Single();
        }
        return result;
    }

    private static async Task VisitAsync(IMessage message, Code code)
    {
        switch (message)
        {
            case SearchAttributes:
                return;
            case Payloads payloads:
                if (payloads.Payloads_.Count > 0)
                {
                    var coded = await code(payloads.Payloads_).ConfigureAwait(false);
                    IReadOnlyList<Payload> replacement = [.. coded];
                    payloads.Payloads_.Clear();
                    payloads.Payloads_.AddRange(replacement);
                }
                return;
            case Payload payload:
                var single = (await code([payload.Clone()]).ConfigureAwait(false)).Single();
                payload.Metadata.Clear();
                payload.Data = ByteString.Empty;
                payload.MergeFrom(single);
                return;
        }
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            await VisitAsync(field, field.Accessor.GetValue(message), code).ConfigureAwait(false);
        }
    }

    private static async Task VisitAsync(FieldDescriptor field, object? value, Code code)
    {
        switch (value)
        {
            case IMessage nested:
                await VisitAsync(nested, code).ConfigureAwait(false);
                break;
            case System.Collections.IDictionary map:
                foreach (var nested in map.Values.OfType<IMessage>().ToList())
                {
                    await VisitAsync(nested, code).ConfigureAwait(false);
                }
                break;
            case System.Collections.IList list when field.FieldType == FieldType.Message:
                foreach (var nested in list.OfType<IMessage>().ToList())
                {
                    await VisitAsync(nested, code).ConfigureAwait(false);
                }
                break;
        }
    }
}
