using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.Problems;

/// <summary>
/// The problem details (RFC 9457) that endpoints answer with. Faults are listed under <c>errors</c>, a machine-readable cause under
/// <c>code</c>.
/// </summary>
internal static class Problem
{
    /// <summary>The most faults that are listed.</summary>
    public const int MaxListed = 100;

    /// <summary>400: the request cannot be read.</summary>
    public static ProblemHttpResult Malformed(Fault fault) =>
        Listing(StatusCodes.Status400BadRequest, ProblemTypes.Malformed, fault.Detail, [fault]);

    /// <summary>403: the caller is known and may not.</summary>
    public static ProblemHttpResult Forbidden(string detail, string? code = null) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status403Forbidden, extensions: code is null ? null : [new("code", code)]);

    /// <summary>404, for what does not exist and for what the caller may not know of.</summary>
    public static ProblemHttpResult NotFound(string what, object id) =>
        TypedResults.Problem($"There is no {what} {id}.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>409: it exists, but is not in a state in which this can be done.</summary>
    public static ProblemHttpResult Conflict(string detail, string code, params KeyValuePair<string, object?>[] more) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, extensions: [new("code", code), .. more]);

    /// <summary>412: it has changed since the caller saw it.</summary>
    public static ProblemHttpResult Outdated(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status412PreconditionFailed);

    /// <summary>422: the request was understood and is refused for every one of these faults; nothing was changed.</summary>
    public static ProblemHttpResult Refused(IReadOnlyList<Fault> faults) =>
        Listing(
            StatusCodes.Status422UnprocessableEntity,
            ProblemTypes.Refused,
            faults.Count == 1 ? faults[0].Detail : $"{faults.Count} things are wrong with the request.",
            faults
        );

    /// <summary>422: the idempotency key belongs to another request.</summary>
    public static ProblemHttpResult KeyReused() =>
        Listing(
            StatusCodes.Status422UnprocessableEntity,
            ProblemTypes.KeyReused,
            "This idempotency key was used for another request.",
            [new(IdempotencyKey.Header, ProblemTypes.KeyReused, "This idempotency key was used for another request.")]
        );

    /// <summary>429: it was tried too often; the header Retry-After says when it can be tried again.</summary>
    public static ProblemHttpResult TooMany(string detail, string code) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status429TooManyRequests, extensions: [new("code", code)]);

    /// <summary>503: it can be tried again soon.</summary>
    public static ProblemHttpResult Unavailable(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Listing(int status, string code, string detail, IReadOnlyList<Fault> faults)
    {
        IReadOnlyList<Fault> listed =
            faults.Count <= MaxListed
                ? faults
                : [.. faults.Take(MaxListed - 1), new("#", "MORE", $"and {faults.Count - MaxListed + 1} more")];
        return TypedResults.Problem(detail, statusCode: status, extensions: [new("code", code), new("errors", listed)]);
    }
}
