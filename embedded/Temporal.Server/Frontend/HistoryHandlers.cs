using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using HistoryMessage = Temporalio.Api.History.V1.History;

namespace Temporal.Server.Frontend;

/// <summary>Reading histories, at once or as they grow.</summary>
internal sealed class HistoryHandlers(HistoryEngine engine)
{
    /// <summary>A page of a history; with <c>wait_new_event</c> waits for the next events, or for the end.</summary>
    public async Task<GetWorkflowExecutionHistoryResponse> GetAsync(GetWorkflowExecutionHistoryRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var token = ReadToken(request.NextPageToken, request.Execution?.RunId);
        var runId = token is null ? request.Execution?.RunId : token.RunId;
        var key = await engine.ResolveAsync(space, request.Execution?.WorkflowId, runId, context.CancellationToken).ConfigureAwait(false);
        token ??= new HistoryToken { RunId = key.RunId, NextEventId = 1 };
        var closeOnly = request.HistoryEventFilterType == HistoryEventFilterType.CloseEvent;
        var unwritten = !ShowsOnlyWhatIsRecorded(context);
        if (!request.WaitNewEvent)
        {
            return await engine
                .TransactAsync(
                    key,
                    t => closeOnly ? LastEvent(t) : Page(t, token, request.MaximumPageSize, unwritten),
                    context.CancellationToken
                )
                .ConfigureAwait(false);
        }

        var reply = await engine
            .ReadWhenAsync(
                key,
                t =>
                    closeOnly
                        ? t.State.IsOpen
                            ? null
                            : LastEvent(t)
                        : NewEvents(t, token, request.MaximumPageSize, unwritten),
                run => closeOnly ? run.Closed : run.Changed,
                Requests.LongPoll(context, engine.Limits.LongPoll),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return reply ?? new GetWorkflowExecutionHistoryResponse { History = new HistoryMessage(), NextPageToken = token.ToByteString() };
    }

    /// <summary>A page of a history from its end.</summary>
    public async Task<GetWorkflowExecutionHistoryReverseResponse> GetReverseAsync(
        GetWorkflowExecutionHistoryReverseRequest request,
        RpcContext context
    )
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var token = ReadToken(request.NextPageToken, request.Execution?.RunId);
        var runId = token is null ? request.Execution?.RunId : token.RunId;
        var key = await engine.ResolveAsync(space, request.Execution?.WorkflowId, runId, context.CancellationToken).ConfigureAwait(false);
        return await engine
            .TransactAsync(
                key,
                t =>
                {
                    var last = Math.Min(token?.NextEventId ?? long.MaxValue, t.State.Events.Count);
                    var first = Math.Max(1, last - PageSize(request.MaximumPageSize) + 1);
                    var page = new HistoryMessage();
                    for (var id = last; id >= first; id--)
                    {
                        page.Events.Add(t.State.Events[(int)id - 1]);
                    }

                    return new GetWorkflowExecutionHistoryReverseResponse
                    {
                        History = Shown(t, page),
                        NextPageToken =
                            first > 1 ? new HistoryToken { RunId = key.RunId, NextEventId = first - 1 }.ToByteString() : ByteString.Empty,
                    };
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
    }

    private static GetWorkflowExecutionHistoryResponse LastEvent(Transition t) =>
        new() { History = Shown(t, new HistoryMessage { Events = { t.State.Events[^1] } }) };

    // As in Temporal, those who show histories to people get no events that may never be.
    private static bool ShowsOnlyWhatIsRecorded(RpcContext context) =>
        context.Metadata.TryGetValue("client-name", out var name) && name is "temporal-cli" or "temporal-ui";

    // The events of a pending workflow task that history does not have (yet): after its last one, for those who replay it.
    private static IReadOnlyList<HistoryEvent> Unwritten(RunState state) =>
        state is { IsOpen: true, WorkflowTask: { } task } && task.ScheduledEventId == state.NextEventId
            ? WorkflowTaskStart.UnwrittenEvents(state, task)
            : [];

    private static GetWorkflowExecutionHistoryResponse Page(Transition t, HistoryToken token, int maximumPageSize, bool unwritten)
    {
        var last = token.LastEventId > 0 ? Math.Min(token.LastEventId, t.State.Events.Count) : t.State.Events.Count;
        var (page, next) = HistoryPages.Take(t.State, token.NextEventId, last, PageSize(maximumPageSize));
        if (token.LastEventId == 0)
        {
            Shown(t, page);
        }

        if (next is null)
        {
            // A worker's task has those that came with it.
            page.Events.AddRange(
                token.LastEventId > 0 ? token.TransientEvents.Select(HistoryEvent.Parser.ParseFrom)
                : unwritten ? Unwritten(t.State)
                : []
            );
        }

        return new GetWorkflowExecutionHistoryResponse
        {
            History = page,
            NextPageToken = next is null ? ByteString.Empty : After(token, next.Value),
        };
    }

    // Null while there is nothing new. An open run always has a next page.
    private static GetWorkflowExecutionHistoryResponse? NewEvents(Transition t, HistoryToken token, int maximumPageSize, bool unwritten)
    {
        if (token.NextEventId >= t.State.NextEventId && t.State.IsOpen)
        {
            return null;
        }

        var (page, next) = HistoryPages.Take(t.State, token.NextEventId, t.State.Events.Count, PageSize(maximumPageSize));
        if (next is null && t.State.IsOpen)
        {
            page.Events.AddRange(unwritten ? Unwritten(t.State) : []);
            next = t.State.NextEventId;
        }

        return new GetWorkflowExecutionHistoryResponse
        {
            History = Shown(t, page),
            NextPageToken = next is null ? ByteString.Empty : After(token, next.Value),
        };
    }

    // What anybody but the task's own worker reads of a history stays so: they go on where they stopped, whatever server they ask.
    private static HistoryMessage Shown(Transition t, HistoryMessage page)
    {
        if (page.Events.Any(e => e.EventId == t.Run.UnwrittenStart?.Event.EventId))
        {
            t.WriteStart();
        }

        return page;
    }

    private static ByteString After(HistoryToken token, long nextEventId)
    {
        var next = token.Clone();
        next.NextEventId = nextEventId;
        return next.ToByteString();
    }

    private static int PageSize(int asked) => asked > 0 && asked < Limits.HistoryPageEvents ? asked : Limits.HistoryPageEvents;

    private static HistoryToken? ReadToken(ByteString bytes, string? runId)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        try
        {
            var token = HistoryToken.Parser.ParseFrom(bytes);
            if (token is not { NextEventId: > 0, LastEventId: >= 0 })
            {
                throw RpcException.InvalidArgument("Invalid NextPageToken.");
            }

            return string.IsNullOrEmpty(runId) || string.Equals(runId, token.RunId, StringComparison.OrdinalIgnoreCase)
                ? token
                : throw RpcException.InvalidArgument("RunId in the request does not match the NextPageToken.");
        }
        catch (InvalidProtocolBufferException)
        {
            throw RpcException.InvalidArgument("Invalid NextPageToken.");
        }
    }
}
