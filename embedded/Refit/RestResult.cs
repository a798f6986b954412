namespace Refit;

/// <summary>What comes back from a call.</summary>
internal interface IRestResult
{
    /// <summary>Makes the call; the task that the method returns.</summary>
    object Start(RestCall call);
}

/// <summary>Nothing but success.</summary>
internal sealed class RestVoidResult : IRestResult
{
    public object Start(RestCall call) => RunAsync(call);

    private static async Task RunAsync(RestCall call)
    {
        using var response = await call.SendAsync().ConfigureAwait(false);
        if (await call.Settings.ExceptionFactory(response).ConfigureAwait(false) is { } error)
        {
            throw error;
        }
    }
}

/// <summary>A body, a response with a body, or the response itself.</summary>
/// <typeparam name="TResult">What the method's task returns.</typeparam>
/// <typeparam name="TBody">Type of the body.</typeparam>
internal sealed class RestResult<TResult, TBody> : IRestResult
{
    private static readonly bool IsApiResponse = typeof(IApiResponse).IsAssignableFrom(typeof(TResult));

    // The caller has these to dispose of.
    private static readonly bool KeepsResponse = IsApiResponse || typeof(TResult) == typeof(HttpResponseMessage)
        || typeof(TResult) == typeof(HttpContent) || typeof(TResult) == typeof(Stream);

    public object Start(RestCall call) => RunAsync(call);

    private static async Task<TResult?> RunAsync(RestCall call)
    {
        var response = await call.SendAsync().ConfigureAwait(false);
        var keep = false;
        try
        {
            if (typeof(TResult) == typeof(HttpResponseMessage))
            {
                keep = true;
                return (TResult)(object)response;
            }

            var error = await call.Settings.ExceptionFactory(response).ConfigureAwait(false);
            var (body, unreadable) = error is null ? await ReadAsync(call, response).ConfigureAwait(false) : (default, null);
            error ??= unreadable;
            if (IsApiResponse)
            {
                keep = true;
                return (TResult)(object)new ApiResponse<TBody>(response, body, call.Settings, error as ApiException);
            }

            if (error is not null)
            {
                throw error;
            }

            keep = KeepsResponse;
            return (TResult?)(object?)body;
        }
        finally
        {
            if (!keep)
            {
                response.Dispose();
            }
        }
    }

    private static async Task<(TBody? Body, Exception? Error)> ReadAsync(RestCall call, HttpResponseMessage response)
    {
        try
        {
            return (await ReadBodyAsync(call, response.Content).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            var error = call.Settings.DeserializationExceptionFactory is { } factory
                ? await factory(response, e).ConfigureAwait(false)
                : await ApiException.Create(
                    "An error occured deserializing the response.",
                    response.RequestMessage!,
                    response.RequestMessage!.Method,
                    response,
                    call.Settings,
                    e).ConfigureAwait(false);
            return (default, error);
        }
    }

    private static async Task<TBody?> ReadBodyAsync(RestCall call, HttpContent content)
    {
        object? raw = null;
        if (typeof(TBody) == typeof(HttpContent))
        {
            raw = content;
        }
        else if (typeof(TBody) == typeof(Stream))
        {
            raw = await content.ReadAsStreamAsync(call.CancellationToken).ConfigureAwait(false);
        }
        else if (typeof(TBody) == typeof(string))
        {
            raw = await content.ReadAsStringAsync(call.CancellationToken).ConfigureAwait(false);
        }
        else
        {
            return await call.Settings.ContentSerializer.FromHttpContentAsync<TBody>(content, call.CancellationToken).ConfigureAwait(false);
        }

        return (TBody)raw;
    }
}
