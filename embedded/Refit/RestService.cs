using System.Reflection;

namespace Refit;

/// <summary>Makes clients of interfaces.</summary>
public static class RestService
{
    /// <summary>A client over an HTTP client.</summary>
    /// <exception cref="ArgumentException">The interface is not one of HTTP requests.</exception>
    public static T For<T>(HttpClient client, RefitSettings? settings) => (T)For(typeof(T), client, settings);

    /// <summary>A client over an HTTP client.</summary>
    /// <exception cref="ArgumentException">The interface is not one of HTTP requests.</exception>
    public static T For<T>(HttpClient client) => For<T>(client, null);

    /// <summary>A client of an address.</summary>
    /// <exception cref="ArgumentException">The address is empty or the interface is not one of HTTP requests.</exception>
    public static T For<T>(string hostUrl, RefitSettings? settings) => For<T>(CreateHttpClient(hostUrl, settings), settings);

    /// <summary>A client of an address.</summary>
    /// <exception cref="ArgumentException">The address is empty or the interface is not one of HTTP requests.</exception>
    public static T For<T>(string hostUrl) => For<T>(hostUrl, null);

    /// <summary>A client over an HTTP client.</summary>
    /// <exception cref="ArgumentException">The type is not an interface of HTTP requests.</exception>
    public static object For(Type refitInterfaceType, HttpClient client, RefitSettings? settings) =>
        RestProxy.Create(refitInterfaceType, client, settings ?? new());

    /// <summary>A client over an HTTP client.</summary>
    /// <exception cref="ArgumentException">The type is not an interface of HTTP requests.</exception>
    public static object For(Type refitInterfaceType, HttpClient client) => For(refitInterfaceType, client, (RefitSettings?)null);

    /// <summary>A client of an address.</summary>
    /// <exception cref="ArgumentException">The address is empty or the type is not an interface of HTTP requests.</exception>
    public static object For(Type refitInterfaceType, string hostUrl, RefitSettings? settings) =>
        For(refitInterfaceType, CreateHttpClient(hostUrl, settings), settings);

    /// <summary>A client of an address.</summary>
    /// <exception cref="ArgumentException">The address is empty or the type is not an interface of HTTP requests.</exception>
    public static object For(Type refitInterfaceType, string hostUrl) => For(refitInterfaceType, hostUrl, null);

    /// <summary>An HTTP client of an address, with the settings' handlers.</summary>
    /// <exception cref="ArgumentException">The address is empty.</exception>
    public static HttpClient CreateHttpClient(string hostUrl, RefitSettings? settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(hostUrl);
        return new(CreateHandler(settings) ?? new HttpClientHandler()) { BaseAddress = new(hostUrl.TrimEnd('/')) };
    }

    /// <summary>The settings' handlers; null if they have none.</summary>
    internal static HttpMessageHandler? CreateHandler(RefitSettings? settings)
    {
        var inner = settings?.HttpMessageHandlerFactory?.Invoke();
        return settings?.AuthorizationHeaderValueGetter is { } getValue
            ? new AuthorizingHandler(getValue, inner ?? new HttpClientHandler())
            : inner;
    }
}
