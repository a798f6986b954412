using Temporal.Server.Http.Routing;
using Temporal.Server.Rpc;

namespace Temporal.Server.Http.Pages;

/// <summary>What each face shows, and where.</summary>
internal sealed class HttpPages
{
    private readonly RouteTree<HttpHandler> webUi = new();
    private readonly RouteTree<HttpHandler> api = new();

    /// <summary>Lays the pages out.</summary>
    /// <param name="methods">What the API calls.</param>
    /// <param name="settings">What the Web UI is told of this server.</param>
    /// <param name="isServing">Whether the server can do its work now.</param>
    public HttpPages(RpcMethods methods, WebUiSettings settings, Func<CancellationToken, Task<bool>> isServing)
    {
        foreach (var tree in new[] { webUi, api })
        {
            tree.AddApi(methods);
            tree.AddHistoryDownload(methods);
            tree.Add("GET", "healthz", call => HealthPage.ServeAsync(call, isServing));
        }

        webUi.Add("GET", "api/v1/settings", call => call.WriteJsonAsync(settings.ToJson()));
        webUi.Add("GET", "render", MarkdownPage.ServeAsync);
    }

    /// <summary>The pages of a face.</summary>
    public RouteTree<HttpHandler> Of(HttpFace face) => face == HttpFace.WebUi ? webUi : api;
}
