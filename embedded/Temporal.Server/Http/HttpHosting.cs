using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Temporal.Server.Http;

/// <summary>Puts the HTTP faces into a web host.</summary>
internal static class HttpHosting
{
    // An id has up to 1000 characters, each up to nine when it is percent-encoded, and lists have filters.
    private const int LongestRequestLine = 64 * 1024;

    /// <summary>Listens for HTTP/1.1 and shows a face there. Port 0 takes a free one.</summary>
    /// <returns>The listener: once the server has started, its end point is the one that was bound.</returns>
    public static ListenOptions ListenHttp(this KestrelServerOptions kestrel, IPEndPoint address, HttpFace face)
    {
        kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
        ListenOptions? listener = null;
        kestrel.Listen(address, listen =>
        {
            listener = listen;
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next =>
                connection =>
                {
                    connection.Features.Set(new HttpFaceFeature(face));
                    return next(connection);
                }
            );
        });
        return listener!;
    }

    /// <summary>Answers requests that came in through <see cref="ListenHttp"/>; the rest of the pipeline sees the others.</summary>
    public static IApplicationBuilder UseHttp(this IApplicationBuilder app, HttpEndpoint endpoint) =>
        app.Use(next => http => http.Features.Get<HttpFaceFeature>() is { Face: var face } ? endpoint.ServeAsync(http, face) : next(http));
}
