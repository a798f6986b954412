using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>The end of a client's interceptors: turns what is asked for into calls of the server.</summary>
internal sealed partial class ClientCalls(TemporalClient client) : ClientOutboundInterceptor
{
    private string Namespace => client.Options.Namespace;

    private string Identity => client.Connection.Options.Identity ?? string.Empty;

    private WorkflowService Service => client.Connection.WorkflowService;

    private static async Task<Payloads?> EncodeAsync(DataConverter converter, IReadOnlyCollection<object?>? values) =>
        values is { Count: > 0 } ? new() { Payloads_ = { await converter.ToPayloadsAsync(values).ConfigureAwait(false) } } : null;

    // Headers are payloads already; only a codec is left to apply.
    private static async Task<Header?> EncodeAsync(DataConverter converter, IDictionary<string, Payload>? headers)
    {
        if (headers is null)
        {
            return null;
        }

        var header = new Header();
        foreach (var (key, value) in headers)
        {
            header.Fields[key] = converter.PayloadCodec is { } codec
                ? await codec.EncodeSingleAsync(value).ConfigureAwait(false)
                : value;
        }

        return header;
    }

    private static Api.Common.V1.WorkflowExecution Execution(string id, string? runId) =>
        new() { WorkflowId = id, RunId = runId ?? string.Empty };

    private DataConverter ConverterFor(string workflowId) =>
        client.Options.DataConverter.WithSerializationContext(new ISerializationContext.Workflow(Namespace, workflowId));
}
