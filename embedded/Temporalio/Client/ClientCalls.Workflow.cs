using Google.Protobuf;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task SignalWorkflowAsync(SignalWorkflowInput input)
    {
        var converter = ConverterFor(input.Id);
        await Service.SignalWorkflowExecutionAsync(
            new()
            {
                Namespace = Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                SignalName = input.Signal,
                Input = await EncodeAsync(converter, input.Args).ConfigureAwait(false),
                Header = await EncodeAsync(converter, input.Headers).ConfigureAwait(false),
                Identity = Identity,
                RequestId = Guid.NewGuid().ToString(),
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
    }

    public override async Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input)
    {
        var converter = ConverterFor(input.Id);
        var request = new QueryWorkflowRequest
        {
            Namespace = Namespace,
            Execution = Execution(input.Id, input.RunId),
            Query = new()
            {
                QueryType = input.Query,
                QueryArgs = await EncodeAsync(converter, input.Args).ConfigureAwait(false),
                Header = await EncodeAsync(converter, input.Headers).ConfigureAwait(false),
            },
            QueryRejectCondition = input.Options?.RejectCondition ?? client.Options.QueryRejectCondition ?? default,
        };
        QueryWorkflowResponse response;
        try
        {
            response = await Service.QueryWorkflowAsync(request, TemporalClient.DefaultRetryOptions(input.Options?.Rpc))
                .ConfigureAwait(false);
        }
        catch (RpcException e) when (e.GrpcStatus.Value is { Details: [var detail] } && detail.Is(QueryFailedFailure.Descriptor))
        {
            throw new WorkflowQueryFailedException(e.Message);
        }

        if (response.QueryRejected is { } rejected)
        {
            throw new WorkflowQueryRejectedException(rejected.Status);
        }

        return response.QueryResult is { Payloads_.Count: > 0 } result
            ? await converter.ToSingleValueAsync<TResult>(result.Payloads_).ConfigureAwait(false)
            : default!;
    }

    public override async Task<WorkflowExecutionDescription> DescribeWorkflowAsync(DescribeWorkflowInput input)
    {
        var response = await Service.DescribeWorkflowExecutionAsync(
            new() { Namespace = Namespace, Execution = Execution(input.Id, input.RunId) },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        return new(response, ConverterFor(input.Id));
    }

    public override Task CancelWorkflowAsync(CancelWorkflowInput input) => Service.RequestCancelWorkflowExecutionAsync(
        new()
        {
            Namespace = Namespace,
            WorkflowExecution = Execution(input.Id, input.RunId),
            FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
        },
        TemporalClient.DefaultRetryOptions(input.Options?.Rpc));

    public override async Task TerminateWorkflowAsync(TerminateWorkflowInput input) =>
        await Service.TerminateWorkflowExecutionAsync(
            new()
            {
                Namespace = Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty,
                Reason = input.Reason ?? string.Empty,
                Details = await EncodeAsync(ConverterFor(input.Id), input.Options?.Details).ConfigureAwait(false),
                Identity = Identity,
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);

    public override async Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(
        FetchWorkflowHistoryEventPageInput input)
    {
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = Namespace,
            Execution = Execution(input.Id, input.RunId),
            MaximumPageSize = input.PageSize ?? 0,
            NextPageToken = Token(input.NextPageToken),
            WaitNewEvent = input.WaitNewEvent,
            HistoryEventFilterType = input.EventFilterType,
            SkipArchival = input.SkipArchival,
        };
        while (true)
        {
            var response = await Service.GetWorkflowExecutionHistoryAsync(
                request, TemporalClient.DefaultRetryOptions(input.Rpc)).ConfigureAwait(false);
            if (response.RawHistory.Count > 0)
            {
                throw new InvalidOperationException("Unexpected raw history returned");
            }

            // An empty page with a token means that nothing has happened yet. Java's test server then sends neither history nor token.
            var isLast = response.NextPageToken.IsEmpty && (response.History is not null || !input.WaitNewEvent);
            if (response.History is { Events.Count: > 0 } || isLast)
            {
                return new(response.History?.Events ?? [], Token(response.NextPageToken));
            }

            request.NextPageToken = response.NextPageToken;
        }
    }

    public override IAsyncEnumerable<WorkflowExecution> ListWorkflowsAsync(ListWorkflowsInput input) => PagedList.ReadAsync(
        input.Options?.Limit ?? 0,
        input.Options?.Rpc,
        async (token, rpc) =>
        {
            var page = await client.ListWorkflowsPaginatedAsync(input.Query, token, new() { Rpc = rpc }).ConfigureAwait(false);
            return (page.Workflows, page.NextPageToken);
        });

    public override async Task<WorkflowExecutionCount> CountWorkflowsAsync(CountWorkflowsInput input) =>
        new(await Service.CountWorkflowExecutionsAsync(
            new() { Namespace = Namespace, Query = input.Query },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false));

    public override async Task<WorkflowListPage> ListWorkflowsPaginatedAsync(ListWorkflowsPaginatedInput input)
    {
        var response = await Service.ListWorkflowExecutionsAsync(
            new()
            {
                Namespace = Namespace,
                Query = input.Query,
                PageSize = input.Options?.PageSize ?? 0,
                NextPageToken = Token(input.NextPageToken),
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        return new(
            [.. response.Executions.Select(each => new WorkflowExecution(each, client.Options.DataConverter, Namespace))],
            Token(response.NextPageToken));
    }

    private static ByteString Token(byte[]? token) => token is null ? ByteString.Empty : ByteString.CopyFrom(token);

    private static byte[]? Token(ByteString token) => token.IsEmpty ? null : token.ToByteArray();
}
