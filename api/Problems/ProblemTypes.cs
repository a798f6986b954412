using System.Collections.Frozen;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Problems;

/// <summary>Every kind of problem that the API answers with. Its description and the pages about them are made from this list.</summary>
internal static class ProblemTypes
{
    public const string Malformed = "MALFORMED";
    public const string Refused = "REFUSED";
    public const string KeyReused = "KEY_REUSED";
    public const string Unavailable = "UNAVAILABLE";
    private const string Conflict = "CONFLICT";
    private const string Internal = "INTERNAL";

    /// <summary>The list, by status. The first of a status stands for all of it that has no kind of its own.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        new(Malformed, 400, "Malformed request", "The request cannot be read: errors says what, and where. Sent again it fails again."),
        new(
            "UNAUTHENTICATED",
            401,
            "Not signed in",
            "The request says not who sends it, or what says so is wrong or has expired. WWW-Authenticate says what is expected."
        ),
        new("FORBIDDEN", 403, "Not allowed", "It is known who asks, and this is not for them to do or to see."),
        new("PIN_WRONG", 403, "Wrong PIN", "This is not the parcel's PIN. Five wrong ones lock it for an hour."),
        new("NOT_FOUND", 404, "Not found", "There is no such thing, or it is somebody else's: the two are not told apart."),
        new("METHOD_NOT_ALLOWED", 405, "Method not allowed", "The path is known, but not with this method. Allow lists those that it has."),
        new(Conflict, 409, "Not possible now", "What is asked for exists, but is not in a state in which this can be done."),
        new(
            OrderFailure.CancelRefused,
            409,
            "Cancellation refused",
            "The order cannot be cancelled any more, as a rule because the partner has picked it up."
        ),
        new(OrderFailure.FulfillmentRefused, 409, "Fulfilment refused", "The order cannot be fulfilled by hand as it stands."),
        new(
            "ILLEGAL_MOVE",
            409,
            "Move not allowed",
            "The delivery is in a state in which this cannot be done; detail says in which, and what can."
        ),
        new("RELEASE_REFUSED", 409, "Release refused", "The step does not wait for an operator, or not for this decision."),
        new("NOT_RUNNING", 409, "Not running", "Nothing of the order or delivery is being worked on, so none of its steps can be decided."),
        new("OVER", 409, "Over", "The order or delivery has ended; nothing happens to it any more."),
        new("NOT_FAILED", 409, "Not failed", "Only an order that has failed can be tried again."),
        new(
            "NOT_UNDONE",
            409,
            "Not undone",
            "Something of the attempt before is still to be undone by an operator; then it can be tried again."
        ),
        new("NO_PINS", 409, "No PINs", "Receipts are not confirmed by PIN here: sign in."),
        new(
            "KEY_IN_USE",
            409,
            "Being dealt with",
            "A request with the same Idempotency-Key is being dealt with. Send it again after Retry-After, for the same answer."
        ),
        new("CLOSED", 409, "Closed", "The operator task has been closed."),
        new("CLAIMED", 409, "Claimed", "Another operator works on the task; detail says who, and until when."),
        new("NOT_CLAIMED", 409, "Not claimed", "Who asks does not work on the task."),
        new(
            "WORKFLOW_DECIDES",
            409,
            "Decided elsewhere",
            "The task belongs to something that runs: the call that the task names decides it, and closes it."
        ),
        new("RESERVED", 409, "Reserved", "So many cannot be written off, because orders have reserved them; free says how many can."),
        new("TOO_MANY", 409, "Too many", "There cannot be so many on the shelf."),
        new("TOO_MANY_KEYS", 409, "Too many keys", "There are as many API keys as there can be."),
        new("TOO_MANY_ENDPOINTS", 409, "Too many endpoints", "There are as many webhook endpoints as there can be."),
        new("USED", 409, "Used", "The voucher is used by an order."),
        new(
            "OUTDATED",
            412,
            "Changed meanwhile",
            "It has changed since the ETag in If-Match was read, or exists although If-None-Match says that it must not. Read it again."
        ),
        new("TOO_LARGE", 413, "Too large", "The body has more bytes than are taken here."),
        new(
            "UNSUPPORTED_MEDIA_TYPE",
            415,
            "Not JSON",
            "The body is JSON in UTF-8, and Content-Type says so: application/json, without a charset or with utf-8."
        ),
        new(Refused, 422, "Refused", "The request was understood and breaks rules: errors lists each. Nothing was changed."),
        new(KeyReused, 422, "Key reused", "The Idempotency-Key was used for another request. A new request has a new key."),
        new("TOO_MANY_REQUESTS", 429, "Too often", "This was tried too often. Retry-After says when it can be tried again."),
        new("PIN_LOCKED", 429, "PIN locked", "Too many wrong PINs were tried: none is accepted before Retry-After has passed."),
        new(Internal, 500, "Our mistake", "Something went wrong on our side. It was logged under traceId."),
        new(
            Unavailable,
            503,
            "Not available",
            "What is needed does not answer. Nothing is known to have changed; try again after Retry-After, with the same Idempotency-Key."
        ),
        new(
            "TIMED_OUT",
            504,
            "Took too long",
            "The answer took too long. What became of the request is not known: try again with the same Idempotency-Key."
        ),
    ];

    private static readonly FrozenDictionary<string, ProblemType> ByCode = All.ToFrozenDictionary(type => type.Code);

    private static readonly FrozenDictionary<int, ProblemType> ByStatus = All.DistinctBy(type => type.Status)
        .ToFrozenDictionary(type => type.Status);

    /// <summary>The kind of a code at this status, or else that of the status.</summary>
    public static ProblemType Of(string? code, int status) =>
        code is not null && ByCode.TryGetValue(code, out var type) && type.Status == status ? type
        : ByStatus.TryGetValue(status, out type) ? type
        : ByStatus[
            status < StatusCodes.Status500InternalServerError ? StatusCodes.Status400BadRequest : StatusCodes.Status500InternalServerError
        ];

    /// <summary>The kind whose page bears this name; null when there is none.</summary>
    public static ProblemType? Named(string name) => All.FirstOrDefault(type => type.Name == name);
}
