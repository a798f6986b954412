using System.Net;

namespace Refit;

/// <summary>How the clients of an interface work.</summary>
public class RefitSettings
{
    /// <summary>JSON by System.Text.Json.</summary>
    public RefitSettings()
        : this(new SystemTextJsonContentSerializer(), null)
    {
    }

    /// <summary>With a serializer and formatters of one's own.</summary>
    public RefitSettings(
        IHttpContentSerializer contentSerializer,
        IUrlParameterFormatter? urlParameterFormatter,
        IFormUrlEncodedParameterFormatter? formUrlEncodedParameterFormatter)
        : this(contentSerializer, urlParameterFormatter, formUrlEncodedParameterFormatter, null)
    {
    }

    /// <summary>With a serializer and formatters of one's own.</summary>
    public RefitSettings(
        IHttpContentSerializer contentSerializer,
        IUrlParameterFormatter? urlParameterFormatter = null,
        IFormUrlEncodedParameterFormatter? formUrlEncodedParameterFormatter = null,
        IUrlParameterKeyFormatter? urlParameterKeyFormatter = null)
    {
        ArgumentNullException.ThrowIfNull(contentSerializer);
        ContentSerializer = contentSerializer;
        UrlParameterFormatter = urlParameterFormatter ?? new DefaultUrlParameterFormatter();
        FormUrlEncodedParameterFormatter = formUrlEncodedParameterFormatter ?? new DefaultFormUrlEncodedParameterFormatter();
        UrlParameterKeyFormatter = urlParameterKeyFormatter ?? new DefaultUrlParameterKeyFormatter();
        ExceptionFactory = new DefaultApiExceptionFactory(this).CreateAsync;
    }

    /// <summary>Gives the value of the Authorization header where the request has its scheme alone.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<string>>? AuthorizationHeaderValueGetter { get; set; }

    /// <summary>Makes the innermost handler.</summary>
    public Func<HttpMessageHandler>? HttpMessageHandlerFactory { get; set; }

    /// <summary>The exception for a response, or null if it is a success.</summary>
    public Func<HttpResponseMessage, Task<Exception?>> ExceptionFactory { get; set; }

    /// <summary>The exception for a body that cannot be read; null means that the result is empty.</summary>
    public Func<HttpResponseMessage, Exception, Task<Exception?>>? DeserializationExceptionFactory { get; set; }

    /// <summary>Writes and reads bodies.</summary>
    public IHttpContentSerializer ContentSerializer { get; set; }

    /// <summary>Names in queries.</summary>
    public IUrlParameterKeyFormatter UrlParameterKeyFormatter { get; set; }

    /// <summary>Values in paths and queries.</summary>
    public IUrlParameterFormatter UrlParameterFormatter { get; set; }

    /// <summary>Values in forms.</summary>
    public IFormUrlEncodedParameterFormatter FormUrlEncodedParameterFormatter { get; set; }

    /// <summary>Form of collections in queries.</summary>
    public CollectionFormat CollectionFormat { get; set; } = CollectionFormat.RefitParameterFormatter;

    /// <summary>Whether bodies are buffered, so that they have a length.</summary>
    public bool Buffered { get; set; }

    /// <summary>Options of every request message, for handlers to read.</summary>
    public Dictionary<string, object>? HttpRequestMessageOptions { get; set; }

    /// <summary>HTTP version.</summary>
    public Version Version { get; set; } = HttpVersion.Version11;

    /// <summary>Whether another HTTP version will do.</summary>
    public HttpVersionPolicy VersionPolicy { get; set; } = HttpVersionPolicy.RequestVersionOrLower;
}
