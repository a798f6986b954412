namespace Temporal.Server.Http.Pages;

/// <summary><c>/healthz</c>: 200 while the server can do its work, 503 while it cannot.</summary>
internal static class HealthPage
{
    /// <summary>Answers.</summary>
    public static async Task ServeAsync(HttpCall call, Func<CancellationToken, Task<bool>> isServing)
    {
        var serving = await isServing(call.Http.RequestAborted);
        call.Http.Response.StatusCode = serving ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await call.WriteJsonAsync(serving ? """{"status":"SERVING"}""" : """{"status":"NOT_SERVING"}""");
    }
}
