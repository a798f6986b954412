using Temporal.Server.Http.Json;

namespace Temporal.Server.Http;

/// <summary>Answers one kind of request.</summary>
internal delegate Task HttpHandler(HttpCall call);

/// <summary>A request that has found its handler.</summary>
/// <param name="Http">Request and response.</param>
/// <param name="Variables">The path's variable segments, decoded.</param>
/// <param name="Style">How the caller wants JSON.</param>
internal sealed record HttpCall(HttpContext Http, IReadOnlyList<(string Name, string Value)> Variables, JsonStyle Style)
{
    /// <summary>A variable segment of the path.</summary>
    public string Variable(string name) => Variables.First(variable => variable.Name == name).Value;

    /// <summary>Answers with JSON.</summary>
    public Task WriteJsonAsync(string json) => WriteJsonAsync(Http, json);

    /// <summary>Answers with JSON.</summary>
    public static Task WriteJsonAsync(HttpContext http, string json)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }
}
