using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Actors;

/// <summary>The answers to who is not known, and to who may not.</summary>
internal static class Unauthenticated
{
    /// <summary>401: no credential, or one that is not believed (RFC 6750).</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="fault">What is wrong with the credential; null when there is none.</param>
    public static Task ChallengeAsync(HttpContext context, string? fault)
    {
        context.Response.Headers.WWWAuthenticate = fault is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        var detail = fault ?? "Who is asking? Send the header Authorization: Bearer, and a token from /oauth/token.";
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    /// <summary>403: the caller is known, and this is not for them.</summary>
    public static Task ForbidAsync(HttpContext context) =>
        Problem.Forbidden("This is not for you: it takes another role.").ExecuteAsync(context);
}
