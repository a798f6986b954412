using System.Globalization;
using System.Xml;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Api.Operators;

/// <summary>The operators' queue.</summary>
internal static class OperatorTaskEndpoints
{
    public static void MapOperatorTasks(this WebApplication app)
    {
        var tasks = app.MapGroup("/operator-tasks")
            .WithTags("Operators")
            .RequireAuthorization(Policies.Operator)
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        tasks
            .MapGet("", ListAsync)
            .WithName("listTasks")
            .WithDescription("The open ones, unless open=false asks for those that are closed.")
            .WithSummary("Lists what operators are asked to do, the longest open first.");
        tasks
            .MapGet("{taskId:guid}", FindAsync)
            .WithName("findTask")
            .WithDescription("Its ETag is what If-Match of a change refers to.")
            .WithSummary("A task, what it may be resolved with, and what happened to it.")
            .ProducesProblem(404);
        tasks
            .MapPost("{taskId:guid}/claim", ClaimAsync)
            .WithName("claimTask")
            .WithDescription("A claim ends by itself after its minutes.")
            .Idempotent()
            .WithSummary("Says that one works on it, so that nobody else does, for a time. One's own claim is prolonged.")
            .ProducesProblem(404);
        tasks
            .MapPost("{taskId:guid}/release", ReleaseAsync)
            .WithName("releaseTask")
            .WithDescription("Only one's own claim.")
            .Idempotent()
            .WithSummary("Says that one does not work on it any more.")
            .ProducesProblem(404);
        tasks
            .MapPost("{taskId:guid}/note", NoteAsync)
            .WithName("addTaskNote")
            .WithDescription("Notes stay as they are.")
            .Idempotent()
            .WithSummary("Adds a note, on closed tasks too.")
            .ProducesProblem(404);
        tasks
            .MapPost("{taskId:guid}/resolve", ResolveAsync)
            .WithName("resolveTask")
            .WithDescription("With one of the resolutions that the task lists.")
            .Idempotent()
            .WithSummary("Says that it is settled. What a running workflow waits for is decided by the call that the task names.")
            .ProducesProblem(404);
    }

    private static async Task<Ok<PageOf<OperatorTaskResponse>>> ListAsync(
        OperatorTaskQueue queue,
        [OneOf<OperatorTaskKind>] string? kind,
        string? claimedBy,
        Guid? orderId,
        string? olderThan,
        bool? open,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new OperatorTaskFilter(
            open ?? true,
            OneOf.Query<OperatorTaskKind>(kind, "kind"),
            Operator(claimedBy),
            orderId,
            Age(olderThan)
        );
        var page = await queue.ListAsync(filter, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return TypedResults.Ok(
            new PageOf<OperatorTaskResponse>(
                [.. page.Items.Select(task => OperatorTaskResponse.Of(task))],
                page.Next is { } next ? PageRequest.Cursor(next) : null
            )
        );
    }

    private static async Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> FindAsync(
        Guid taskId,
        OperatorTaskQueue queue,
        CancellationToken cancellationToken
    ) => await queue.FindAsync(taskId, cancellationToken) is { } task ? Tagged(task) : Problem.NotFound("operator task", taskId);

    private static Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> ClaimAsync(
        Guid taskId,
        ClaimRequest? body,
        Caller caller,
        IfMatch ifMatch,
        OperatorTaskQueue queue,
        HttpContext context
    ) =>
        ChangeAsync(
            new OperatorTaskChange.Claim(
                taskId,
                caller.Actor,
                body?.Reason,
                ifMatch.Allows,
                Request(context),
                TimeSpan.FromMinutes(body?.Minutes ?? ClaimRequest.DefaultMinutes)
            ),
            queue,
            context.RequestAborted
        );

    private static Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> ReleaseAsync(
        Guid taskId,
        ReleaseRequest? body,
        Caller caller,
        IfMatch ifMatch,
        OperatorTaskQueue queue,
        HttpContext context
    ) =>
        ChangeAsync(
            new OperatorTaskChange.Release(taskId, caller.Actor, body?.Reason, ifMatch.Allows, Request(context)),
            queue,
            context.RequestAborted
        );

    private static Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> NoteAsync(
        Guid taskId,
        NoteRequest body,
        Caller caller,
        IfMatch ifMatch,
        OperatorTaskQueue queue,
        HttpContext context
    ) =>
        ChangeAsync(
            new OperatorTaskChange.Note(taskId, caller.Actor, body.Text, ifMatch.Allows, Request(context)),
            queue,
            context.RequestAborted
        );

    private static async Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> ResolveAsync(
        Guid taskId,
        ResolveRequest body,
        Caller caller,
        IfMatch ifMatch,
        OperatorTaskQueue queue,
        WorkflowCalls workflows,
        HttpContext context
    )
    {
        var cancellationToken = context.RequestAborted;
        if ((await queue.FindAsync(taskId, cancellationToken))?.Task is not { } task)
        {
            return Problem.NotFound("operator task", taskId);
        }

        var resolution = WireNames.Parse<OperatorTaskResolution>(body.Resolution!);
        var possible = WireNames.Parse<OperatorTaskKind>(task.Kind).Resolutions();
        if (!possible.Contains(resolution))
        {
            var names = string.Join(", ", possible.Select(each => each.WireName()));
            return Problem.Refused([new("#/resolution", "NOT_OF_THIS_KIND", $"A task {task.Kind} may be resolved with {names}.")]);
        }

        if (
            task.ClosedAt is null
            && TaskWorkflow.Of(task) is { } workflow
            && await workflows.IsRunningAsync(workflow.WorkflowId, workflow.RunId, cancellationToken)
        )
        {
            return Problem.Conflict(
                $"{workflow.WorkflowId} is running and waits for a decision: {workflow.Call} makes it, and closes this task.",
                "WORKFLOW_DECIDES"
            );
        }

        var resolve = new OperatorTaskChange.Resolve(taskId, caller.Actor, body.Reason, ifMatch.Allows, Request(context), resolution);
        return await ChangeAsync(resolve, queue, cancellationToken);
    }

    private static async Task<Results<TaggedResult<OperatorTaskResponse>, ProblemHttpResult>> ChangeAsync(
        OperatorTaskChange change,
        OperatorTaskQueue queue,
        CancellationToken cancellationToken
    )
    {
        var (verdict, changed) = await queue.ChangeAsync(change, cancellationToken);
        var task = changed?.Task;
        return verdict switch
        {
            OperatorTaskVerdict.Made => Tagged(changed!),
            OperatorTaskVerdict.Outdated => Problem.Outdated($"The task has changed: it is at version {task!.Version}."),
            OperatorTaskVerdict.Closed => Problem.Conflict($"The task was closed by {task!.ClosedBy} {At(task.ClosedAt)}.", "CLOSED"),
            OperatorTaskVerdict.ClaimedByAnother => Problem.Conflict(
                $"{task!.ClaimedBy} works on the task, until {At(task.ClaimedTill)}.",
                "CLAIMED"
            ),
            OperatorTaskVerdict.NotClaimed => Problem.Conflict("You do not work on the task.", "NOT_CLAIMED"),
            _ => Problem.NotFound("operator task", change.TaskId),
        };
    }

    private static TaggedResult<OperatorTaskResponse> Tagged(TaskWithHistory found) =>
        new(OperatorTaskResponse.Of(found.Task, found.History), found.Task.Version);

    private static string? Request(HttpContext context) => context.Features.Get<IdempotentCall>()?.UpdateId;

    private static string At(DateTime? at) => at!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Actor? Operator(string? text) =>
        text is null ? null
        : Actor.TryParse(text, out var actor) && actor.Kind == ActorKind.Operator ? actor
        : throw new MalformedRequestException(new("claimedBy", "MALFORMED", "claimedBy is operator:<name>."));

    private static TimeSpan? Age(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            if (XmlConvert.ToTimeSpan(text) is var age && age >= TimeSpan.Zero)
            {
                return age;
            }
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            // Said below.
        }

        throw new MalformedRequestException(new("olderThan", "MALFORMED", "olderThan is an ISO 8601 duration such as PT2H or P1D."));
    }
}
