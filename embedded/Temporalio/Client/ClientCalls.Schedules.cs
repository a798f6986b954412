using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task<ScheduleHandle> CreateScheduleAsync(CreateScheduleInput input)
    {
        var options = input.Options ?? new();
        var request = new CreateScheduleRequest
        {
            Namespace = Namespace,
            ScheduleId = input.Id,
            Schedule = await input.Schedule.ToProtoAsync(Namespace, client.Options.DataConverter).ConfigureAwait(false),
            InitialPatch = InitialPatch(input.Schedule, options),
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            Memo = await EncodeMemoAsync(client.Options.DataConverter, options.Memo).ConfigureAwait(false),
            SearchAttributes = options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
        };
        try
        {
            await Service.CreateScheduleAsync(request, TemporalClient.DefaultRetryOptions(options.Rpc)).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.AlreadyExists)
        {
            throw new ScheduleAlreadyRunningException();
        }

        return new(client, input.Id);
    }

    public override Task BackfillScheduleAsync(BackfillScheduleInput input) => PatchAsync(
        input.Id, new() { BackfillRequest = { input.Backfills.Select(each => each.ToProto()) } }, input.RpcOptions);

    public override Task PauseScheduleAsync(PauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Pause = input.Note ?? "Paused via .NET SDK" }, input.RpcOptions);

    public override Task UnpauseScheduleAsync(UnpauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Unpause = input.Note ?? "Unpaused via .NET SDK" }, input.RpcOptions);

    public override Task TriggerScheduleAsync(TriggerScheduleInput input) => PatchAsync(
        input.Id, new() { TriggerImmediately = new() { OverlapPolicy = input.Options?.Overlap ?? default } }, input.Options?.Rpc);

    public override Task DeleteScheduleAsync(DeleteScheduleInput input) => Service.DeleteScheduleAsync(
        new() { Namespace = Namespace, ScheduleId = input.Id, Identity = Identity },
        TemporalClient.DefaultRetryOptions(input.RpcOptions));

    public override async Task<ScheduleDescription> DescribeScheduleAsync(DescribeScheduleInput input)
    {
        var response = await Service.DescribeScheduleAsync(
            new() { Namespace = Namespace, ScheduleId = input.Id },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false);
        return await ScheduleDescription.FromProtoAsync(
            input.Id, response, Namespace, client.Options.DataConverter).ConfigureAwait(false);
    }

    // Without a conflict token, as the official client: the server drops an update whose token is old and reports success.
    public override async Task UpdateScheduleAsync(UpdateScheduleInput input)
    {
        var description = await DescribeScheduleAsync(new(input.Id, input.RpcOptions)).ConfigureAwait(false);
        if (await input.Updater(new(description)).ConfigureAwait(false) is not { } update)
        {
            return;
        }

        await Service.UpdateScheduleAsync(
            new()
            {
                Namespace = Namespace,
                ScheduleId = input.Id,
                Schedule = await update.Schedule.ToProtoAsync(Namespace, client.Options.DataConverter).ConfigureAwait(false),
                Identity = Identity,
                RequestId = Guid.NewGuid().ToString(),
                SearchAttributes = update.TypedSearchAttributes?.ToProto(),
            },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false);
    }

    public override IAsyncEnumerable<ScheduleListDescription> ListSchedulesAsync(ListSchedulesInput input) => PagedList.ReadAsync(
        limit: 0,
        input.Options?.Rpc,
        async (token, rpc) =>
        {
            var page = await Service.ListSchedulesAsync(
                new() { Namespace = Namespace, Query = input.Options?.Query ?? string.Empty, NextPageToken = Token(token) }, rpc).ConfigureAwait(false);
            return ((IReadOnlyCollection<ScheduleListDescription>)[.. page.Schedules.Select(each => new ScheduleListDescription(each, client.Options.DataConverter))], Token(page.NextPageToken));
        });

    private static SchedulePatch? InitialPatch(Schedules.Schedule schedule, ScheduleOptions options) =>
        options.TriggerImmediately || options.Backfills.Count > 0
            ? new()
            {
                TriggerImmediately = options.TriggerImmediately ? new() { OverlapPolicy = schedule.Policy.Overlap } : null,
                BackfillRequest = { options.Backfills.Select(each => each.ToProto()) },
            }
            : null;

    private Task<PatchScheduleResponse> PatchAsync(string id, SchedulePatch patch, RpcOptions? options) => Service.PatchScheduleAsync(
        new()
        {
            Namespace = Namespace,
            ScheduleId = id,
            Patch = patch,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
        },
        TemporalClient.DefaultRetryOptions(options));
}
