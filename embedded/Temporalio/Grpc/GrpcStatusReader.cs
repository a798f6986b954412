using System.Net;
using System.Net.Http.Headers;
using Temporalio.Exceptions;
using static Temporalio.Exceptions.RpcException;

namespace Temporalio.Grpc;

/// <summary>How a call ended: the trailers, the headers if there was no body, or what a proxy's HTTP status means.</summary>
internal static class GrpcStatusReader
{
    /// <summary>The error in a reply, or null if the call succeeded.</summary>
    internal static RpcException? Read(HttpResponseMessage response)
    {
        var source = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        if (!source.TryGetValues("grpc-status", out var values))
        {
            return new(
                FromHttp(response.StatusCode),
                response.StatusCode == HttpStatusCode.OK
                    ? "The reply ended without a gRPC status"
                    : $"The server answered with HTTP {(int)response.StatusCode}, which is not gRPC",
                rawStatus: null);
        }

        var code = int.TryParse(values.First(), out var number) ? (StatusCode)number : StatusCode.Unknown;
        return code == StatusCode.OK
            ? null
            : new(code, Uri.UnescapeDataString(Value(source, "grpc-message") ?? string.Empty), Details(source));
    }

    // Binary headers may come without padding. Details that a proxy has mangled must not hide the status.
    private static byte[]? Details(HttpHeaders source)
    {
        if (Value(source, "grpc-status-details-bin") is not { } encoded)
        {
            return null;
        }

        var padded = encoded.PadRight(encoded.Length + ((4 - (encoded.Length % 4)) % 4), '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    private static string? Value(HttpHeaders source, string name) =>
        source.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    // https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
    private static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
