using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;

namespace Refit;

/// <summary>A response, success or not.</summary>
/// <typeparam name="T">Type of its body.</typeparam>
/// <param name="response">The response.</param>
/// <param name="content">Its body.</param>
/// <param name="settings">Settings of the client.</param>
/// <param name="error">What is wrong with it, if anything.</param>
public sealed class ApiResponse<T>(HttpResponseMessage response, T? content, RefitSettings settings, ApiException? error = null)
    : IApiResponse<T>
{
    private readonly HttpResponseMessage response = response ?? throw new ArgumentNullException(nameof(response));

    /// <inheritdoc />
    public T? Content { get; } = content;

    /// <summary>Settings of the client.</summary>
    public RefitSettings Settings { get; } = settings;

    /// <inheritdoc />
    public HttpResponseHeaders Headers => response.Headers;

    /// <inheritdoc cref="IApiResponse.ContentHeaders" />
    public HttpContentHeaders? ContentHeaders => response.Content.Headers;

    /// <inheritdoc cref="IApiResponse.IsSuccessStatusCode" />
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccessStatusCode => response.IsSuccessStatusCode;

    /// <inheritdoc cref="IApiResponse.IsSuccessful" />
    [MemberNotNullWhen(true, nameof(Content))]
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccessful => IsSuccessStatusCode && Error is null;

    /// <inheritdoc />
    public string? ReasonPhrase => response.ReasonPhrase;

    /// <inheritdoc />
    public HttpRequestMessage? RequestMessage => response.RequestMessage;

    /// <inheritdoc />
    public HttpStatusCode StatusCode => response.StatusCode;

    /// <inheritdoc />
    public Version Version => response.Version;

    /// <inheritdoc cref="IApiResponse.Error" />
    public ApiException? Error { get; private set; } = error;

    /// <inheritdoc />
    public void Dispose() => response.Dispose();

    /// <summary>Itself, if the status is a success.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public async Task<ApiResponse<T>> EnsureSuccessStatusCodeAsync() =>
        IsSuccessStatusCode ? this : throw await FailAsync().ConfigureAwait(false);

    /// <summary>Itself, if the status is a success and the body could be read.</summary>
    /// <exception cref="ApiException">It is not, or it could not.</exception>
    public async Task<ApiResponse<T>> EnsureSuccessfulAsync() =>
        IsSuccessful ? this : throw await FailAsync().ConfigureAwait(false);

    private async Task<ApiException> FailAsync()
    {
        var exception = Error ?? await ApiException.Create(
            response.RequestMessage!, response.RequestMessage!.Method, response, Settings).ConfigureAwait(false);
        Dispose();
        return exception;
    }
}
