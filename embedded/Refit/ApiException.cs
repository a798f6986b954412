using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Refit;

/// <summary>The server answered, but not with a success or not with what was expected.</summary>
public class ApiException : Exception
{
    /// <summary>With the usual message.</summary>
    protected ApiException(
        HttpRequestMessage message,
        HttpMethod httpMethod,
        string? content,
        HttpStatusCode statusCode,
        string? reasonPhrase,
        HttpResponseHeaders headers,
        RefitSettings refitSettings,
        Exception? innerException = null)
        : this(
            CreateMessage(statusCode, reasonPhrase),
            message,
            httpMethod,
            content,
            statusCode,
            reasonPhrase,
            headers,
            refitSettings,
            innerException)
    {
    }

    /// <summary>With a message of one's own.</summary>
    protected ApiException(
        string exceptionMessage,
        HttpRequestMessage message,
        HttpMethod httpMethod,
        string? content,
        HttpStatusCode statusCode,
        string? reasonPhrase,
        HttpResponseHeaders headers,
        RefitSettings refitSettings,
        Exception? innerException = null)
        : base(exceptionMessage, innerException)
    {
        RequestMessage = message;
        HttpMethod = httpMethod;
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
        Headers = headers;
        RefitSettings = refitSettings;
        Content = content;
    }

    /// <summary>HTTP status.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>The status in words.</summary>
    public string? ReasonPhrase { get; }

    /// <summary>Headers of the response.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>Method of the request.</summary>
    public HttpMethod HttpMethod { get; }

    /// <summary>Address of the request.</summary>
    public Uri? Uri => RequestMessage.RequestUri;

    /// <summary>The request.</summary>
    public HttpRequestMessage RequestMessage { get; }

    /// <summary>Headers of the body.</summary>
    public HttpContentHeaders? ContentHeaders { get; private set; }

    /// <summary>The body as text.</summary>
    public string? Content { get; private set; }

    /// <summary>Whether there is a body.</summary>
    [MemberNotNullWhen(true, nameof(Content))]
    public bool HasContent => !string.IsNullOrWhiteSpace(Content);

    /// <summary>Settings of the client.</summary>
    public RefitSettings RefitSettings { get; }

    /// <summary>For a response that is not a success.</summary>
    /// <exception cref="ArgumentException">The response is a success.</exception>
    public static Task<ApiException> Create(
        HttpRequestMessage message,
        HttpMethod httpMethod,
        HttpResponseMessage response,
        RefitSettings refitSettings,
        Exception? innerException = null) => response.IsSuccessStatusCode
        ? throw new ArgumentException("Response is successful, cannot create an ApiException.", nameof(response))
        : Create(
            CreateMessage(response.StatusCode, response.ReasonPhrase), message, httpMethod, response, refitSettings, innerException);

    /// <summary>For any response, with a message. The body is read, and a problem becomes a <see cref="ValidationApiException" />.</summary>
    public static async Task<ApiException> Create(
        string exceptionMessage,
        HttpRequestMessage message,
        HttpMethod httpMethod,
        HttpResponseMessage response,
        RefitSettings refitSettings,
        Exception? innerException = null)
    {
        var exception = new ApiException(
            exceptionMessage,
            message,
            httpMethod,
            null,
            response.StatusCode,
            response.ReasonPhrase,
            response.Headers,
            refitSettings,
            innerException)
        { ContentHeaders = response.Content.Headers };
        try
        {
            exception.Content = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            return response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? ValidationApiException.Create(exception)
                : exception;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or ArgumentException or JsonException)
        {
            // The status is what matters; a body that cannot be read must not hide it.
            return exception;
        }
        finally
        {
            response.Content.Dispose();
        }
    }

    /// <summary>The body, read by the client's serializer; default if there is none.</summary>
    public async Task<T?> GetContentAsAsync<T>()
    {
        if (!HasContent)
        {
            return default;
        }

        using var content = new StringContent(Content);
        return await RefitSettings.ContentSerializer.FromHttpContentAsync<T>(content).ConfigureAwait(false);
    }

    private static string CreateMessage(HttpStatusCode statusCode, string? reasonPhrase) =>
        $"Response status code does not indicate success: {(int)statusCode} ({reasonPhrase}).";
}
