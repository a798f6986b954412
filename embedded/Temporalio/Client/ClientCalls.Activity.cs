using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task<ActivityHandle<TResult>> StartActivityAsync<TResult>(StartActivityInput input)
    {
        var options = input.Options;
        if (options.ScheduleToCloseTimeout is null && options.StartToCloseTimeout is null)
        {
            throw new ArgumentException("Activity must have ScheduleToCloseTimeout or StartToCloseTimeout");
        }

        if (options.StartDelay < TimeSpan.Zero)
        {
            throw new ArgumentException("StartDelay must be non-negative");
        }

        var id = options.Id ?? throw new ArgumentException("ID required to start activity");
        var request = await CreateStartAsync(input, id).ConfigureAwait(false);
        try
        {
            var started = await Service.StartActivityExecutionAsync(
                request, TemporalClient.DefaultRetryOptions(options.Rpc)).ConfigureAwait(false);
            return new(client, id, started.RunId);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.AlreadyExists
            && e.GrpcStatus.Value is { Details: [var detail] }
            && detail.Is(ActivityExecutionAlreadyStartedFailure.Descriptor))
        {
            throw new ActivityAlreadyStartedException(
                e.Message, id, input.Activity, detail.Unpack<ActivityExecutionAlreadyStartedFailure>().RunId);
        }
    }

    public override async Task<ActivityExecutionDescription> DescribeActivityAsync(DescribeActivityInput input)
    {
        var request = new DescribeActivityExecutionRequest
        {
            Namespace = Namespace,
            ActivityId = input.Id,
            RunId = input.RunId ?? string.Empty,
            LongPollToken = Token(input.Options?.LongPollToken),
        };
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        DescribeActivityExecutionResponse response;
        do
        {
            response = await Service.DescribeActivityExecutionAsync(request, rpc).ConfigureAwait(false);
        }
        // Nothing has changed yet, and the server does not wait for ever.
        while (response.Info is null && !request.LongPollToken.IsEmpty);
        return new(response, Namespace, client.Options.DataConverter);
    }

    public override Task CancelActivityAsync(CancelActivityInput input) => Service.RequestCancelActivityExecutionAsync(
        new()
        {
            Namespace = Namespace,
            ActivityId = input.Id,
            RunId = input.RunId ?? string.Empty,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            Reason = input.Options?.Reason ?? string.Empty,
        },
        TemporalClient.DefaultRetryOptions(input.Options?.Rpc));

    public override Task TerminateActivityAsync(TerminateActivityInput input) => Service.TerminateActivityExecutionAsync(
        new()
        {
            Namespace = Namespace,
            ActivityId = input.Id,
            RunId = input.RunId ?? string.Empty,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            Reason = input.Options?.Reason ?? string.Empty,
        },
        TemporalClient.DefaultRetryOptions(input.Options?.Rpc));

    public override IAsyncEnumerable<ActivityExecution> ListActivitiesAsync(ListActivitiesInput input) => PagedList.ReadAsync(
        input.Options?.Limit ?? 0,
        input.Options?.Rpc,
        async (token, rpc) =>
        {
            var page = await client.ListActivitiesPaginatedAsync(input.Query, token, new() { Rpc = rpc }).ConfigureAwait(false);
            return (page.Activities, page.NextPageToken);
        });

    public override async Task<ActivityExecutionCount> CountActivitiesAsync(CountActivitiesInput input) =>
        new(await Service.CountActivityExecutionsAsync(
            new() { Namespace = Namespace, Query = input.Query },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false));

    public override async Task<ActivityListPage> ListActivitiesPaginatedAsync(ListActivitiesPaginatedInput input)
    {
        var response = await Service.ListActivityExecutionsAsync(
            new()
            {
                Namespace = Namespace,
                Query = input.Query,
                PageSize = input.Options?.PageSize ?? 0,
                NextPageToken = Token(input.NextPageToken),
            },
            TemporalClient.DefaultRetryOptions(input.Options?.Rpc)).ConfigureAwait(false);
        return new(
            [.. response.Executions.Select(each => new ActivityExecution(each, Namespace))], Token(response.NextPageToken));
    }

    private async Task<StartActivityExecutionRequest> CreateStartAsync(StartActivityInput input, string id)
    {
        var options = input.Options;
        var taskQueue = options.TaskQueue ?? throw new ArgumentException("Task queue required to start activity");
        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Activity(Namespace, id, null, null, input.Activity, taskQueue, IsLocal: false));
        return new()
        {
            Namespace = Namespace,
            ActivityId = id,
            ActivityType = new() { Name = input.Activity },
            TaskQueue = new() { Name = taskQueue },
            Input = await EncodeAsync(converter, input.Args).ConfigureAwait(false),
            Header = await EncodeAsync(converter, input.Headers).ConfigureAwait(false),
            ScheduleToCloseTimeout = ToProto(options.ScheduleToCloseTimeout),
            ScheduleToStartTimeout = ToProto(options.ScheduleToStartTimeout),
            StartToCloseTimeout = ToProto(options.StartToCloseTimeout),
            HeartbeatTimeout = ToProto(options.HeartbeatTimeout),
            StartDelay = ToProto(options.StartDelay),
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            IdReusePolicy = options.IdReusePolicy,
            IdConflictPolicy = options.IdConflictPolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            SearchAttributes = options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            UserMetadata = await converter.ToUserMetadataAsync(options.StaticSummary, options.StaticDetails).ConfigureAwait(false),
            Priority = options.Priority?.ToProto(),
        };
    }
}
