using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Temporal.Server.Grpc;
using Temporal.Server.Http.Json;
using Temporal.Server.Http.Pages;
using Temporal.Server.Http.Routing;
using Temporal.Server.Rpc;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Temporal.Server.Http;

/// <summary>Answers one HTTP request: who may ask, what is at the path, how failures look.</summary>
/// <param name="pages">What is where; made for the first request, because laying the pages out takes as long as the rest of a server's
/// start.</param>
/// <param name="log">The log.</param>
internal sealed class HttpEndpoint(Lazy<HttpPages> pages, ILogger<HttpEndpoint> log)
{
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));

    /// <summary>Serves a request; failures become answers.</summary>
    public async Task ServeAsync(HttpContext http, HttpFace face)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        try
        {
            Limit(http);
            if (BrowserGuard.Refusal(http.Request) is { } refusal)
            {
                throw new RpcException(StatusCode.PermissionDenied, refusal);
            }

            await AnswerAsync(http, face);
        }
        catch (RpcException error)
        {
            await FailAsync(http, error, HttpErrors.StatusOf(error.StatusCode));
        }
        catch (Exception error)
            when (error is ConnectionResetException or ConnectionAbortedException
                || (error is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
            )
        {
            log.LogDebug("{Path} was given up by its caller.", http.Request.Path);
        }
        catch (BadHttpRequestException error)
        {
            await FailAsync(
                http,
                new RpcException(
                    error.StatusCode == StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument,
                    error.Message
                ),
                error.StatusCode
            );
        }
        catch (OperationCanceledException)
        {
            await FailAsync(
                http,
                new RpcException(StatusCode.Unavailable, "The server is stopping."),
                StatusCodes.Status503ServiceUnavailable
            );
        }
        catch (Exception error)
        {
            log.LogError(error, "{Path} failed unexpectedly.", http.Request.Path);
            await FailAsync(
                http,
                new RpcException(StatusCode.Internal, $"unexpected error: {error.Message}"),
                StatusCodes.Status500InternalServerError
            );
        }
    }

    private static void Limit(HttpContext http)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = GrpcHosting.MaximumMessageBytes;
        if (http.Request.ContentLength > GrpcHosting.MaximumMessageBytes)
        {
            // Before the first byte is asked for.
            throw new BadHttpRequestException(
                $"Request body too large: {http.Request.ContentLength} bytes of at most {GrpcHosting.MaximumMessageBytes}.",
                StatusCodes.Status413PayloadTooLarge
            );
        }

        http.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = SlowestBody;
        http.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate = SlowestBody;
    }

    private Task AnswerAsync(HttpContext http, HttpFace face)
    {
        var segments = RawPath.Segments(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (pages.Value.Of(face).Find(http.Request.Method, segments, out var otherVerbs) is { } match)
        {
            if (face == HttpFace.WebUi)
            {
                // As the real Web UI's server says of itself; it is told nothing that is not recorded.
                http.Request.Headers["client-name"] = "temporal-ui";
            }

            return match.Target(new HttpCall(http, match.Variables, StyleOf(http.Request, face)));
        }

        if (otherVerbs.Count == 0)
        {
            throw new RpcException(StatusCode.NotFound, $"There is nothing at {http.Request.Path}.");
        }

        http.Response.Headers.Allow = string.Join(", ", otherVerbs);
        return FailAsync(
            http,
            new RpcException(
                StatusCode.Unimplemented,
                $"{http.Request.Method} is not for {http.Request.Path}: that takes {string.Join(", ", otherVerbs)}."
            ),
            StatusCodes.Status405MethodNotAllowed
        );
    }

    // As on the real server: by the Accept header, or by a parameter, which is easier to type.
    private static JsonStyle StyleOf(HttpRequest request, HttpFace face)
    {
        var accept = request.Headers.Accept.ToString();
        var query = request.Query;
        var style = JsonStyle.Plain;
        if (
            face == HttpFace.Api
            && !query.ContainsKey("noPayloadShorthand")
            && !accept.Contains("+no-payload-shorthand", StringComparison.OrdinalIgnoreCase)
        )
        {
            style |= JsonStyle.ShortPayloads;
        }

        return query.ContainsKey("pretty") || accept.Contains("+pretty", StringComparison.OrdinalIgnoreCase)
            ? style | JsonStyle.Pretty
            : style;
    }

    private static async Task FailAsync(HttpContext http, RpcException error, int status)
    {
        if (http.Response.HasStarted)
        {
            // Half an answer is out; only a broken connection tells the caller that it is not whole.
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        await HttpCall.WriteJsonAsync(http, HttpErrors.Body(error));
    }
}
