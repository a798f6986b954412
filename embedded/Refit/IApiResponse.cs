using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;

namespace Refit;

/// <summary>A response, success or not.</summary>
public interface IApiResponse : IDisposable
{
    /// <summary>Headers.</summary>
    HttpResponseHeaders Headers { get; }

    /// <summary>Headers of the body.</summary>
    HttpContentHeaders? ContentHeaders { get; }

    /// <summary>Whether the status is a success.</summary>
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    bool IsSuccessStatusCode { get; }

    /// <summary>Whether the status is a success and the body could be read.</summary>
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    bool IsSuccessful { get; }

    /// <summary>HTTP status.</summary>
    HttpStatusCode StatusCode { get; }

    /// <summary>The status in words.</summary>
    string? ReasonPhrase { get; }

    /// <summary>The request.</summary>
    HttpRequestMessage? RequestMessage { get; }

    /// <summary>HTTP version.</summary>
    Version Version { get; }

    /// <summary>What is wrong with it, if anything.</summary>
    ApiException? Error { get; }
}

/// <summary>A response, success or not.</summary>
/// <typeparam name="T">Type of its body.</typeparam>
public interface IApiResponse<out T> : IApiResponse
{
    /// <inheritdoc cref="IApiResponse.Error" />
    new ApiException? Error { get; }

    /// <inheritdoc cref="IApiResponse.ContentHeaders" />
    new HttpContentHeaders? ContentHeaders { get; }

    /// <inheritdoc cref="IApiResponse.IsSuccessStatusCode" />
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    new bool IsSuccessStatusCode { get; }

    /// <inheritdoc cref="IApiResponse.IsSuccessful" />
    [MemberNotNullWhen(true, nameof(Content))]
    [MemberNotNullWhen(true, nameof(ContentHeaders))]
    [MemberNotNullWhen(false, nameof(Error))]
    new bool IsSuccessful { get; }

    /// <summary>The body.</summary>
    T? Content { get; }
}
