using System.Text.Json.Nodes;
using Temporal.Server.Grpc;
using Temporal.Server.Http.Json;
using Temporal.Server.Rpc;

namespace Temporal.Server.Http;

/// <summary>A call's failure as HTTP shows it: a status and <c>{code,message,details}</c>, code being gRPC's.</summary>
internal static class HttpErrors
{
    private const int ClientClosedRequest = 499;

    /// <summary>The HTTP status that stands for a gRPC code, as the gRPC gateway maps them.</summary>
    public static int StatusOf(StatusCode code) =>
        code switch
        {
            StatusCode.OK => StatusCodes.Status200OK,
            StatusCode.Cancelled => ClientClosedRequest,
            StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
            StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            StatusCode.NotFound => StatusCodes.Status404NotFound,
            StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
            StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
            StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>The body.</summary>
    public static string Body(RpcException error)
    {
        // A message that quotes half of a character must not keep itself from being written.
        var message = string.Concat(error.Message.EnumerateRunes());
        var body = JsonNode.Parse(ResponseJson.Write(GrpcErrors.Status(error, message), JsonStyle.Plain))!.AsObject();
        // Also when there are none: readers go through them without asking.
        body.TryAdd("details", new JsonArray());
        return body.ToJsonString();
    }
}
