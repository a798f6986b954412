using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Refit;

/// <summary>Registers clients of interfaces.</summary>
public static class HttpClientFactoryExtensions
{
    /// <summary>Registers a client; its HTTP client is configured by what is returned.</summary>
    /// <exception cref="ArgumentException">The interface is not one of HTTP requests.</exception>
    public static IHttpClientBuilder AddRefitClient<T>(this IServiceCollection services, RefitSettings? settings = null)
        where T : class => services.AddRefitClient<T>(_ => settings);

    /// <summary>Registers a client; its HTTP client is configured by what is returned.</summary>
    /// <exception cref="ArgumentException">The type is not an interface of HTTP requests.</exception>
    public static IHttpClientBuilder AddRefitClient(
        this IServiceCollection services, Type refitInterfaceType, RefitSettings? settings = null) =>
        services.AddRefitClient(refitInterfaceType, _ => settings);

    /// <summary>Registers a client; its HTTP client is configured by what is returned.</summary>
    /// <exception cref="ArgumentException">The interface is not one of HTTP requests.</exception>
    public static IHttpClientBuilder AddRefitClient<T>(
        this IServiceCollection services, Func<IServiceProvider, RefitSettings?>? settingsAction, string? httpClientName = null)
        where T : class => services.AddRefitClient(typeof(T), settingsAction, httpClientName);

    /// <summary>Registers a client; its HTTP client is configured by what is returned.</summary>
    /// <exception cref="ArgumentException">The type is not an interface of HTTP requests.</exception>
    public static IHttpClientBuilder AddRefitClient(
        this IServiceCollection services,
        Type refitInterfaceType,
        Func<IServiceProvider, RefitSettings?>? settingsAction,
        string? httpClientName = null)
    {
        var name = httpClientName ?? $"Refit.{refitInterfaceType.FullName}";
        var key = new object();

        // Keyed by this registration, so that two of the same interface have settings of their own.
        services.AddKeyedSingleton(key, (provider, _) => settingsAction?.Invoke(provider) ?? new RefitSettings());
        var builder = services.AddHttpClient(name);
        services.Configure<HttpClientFactoryOptions>(name, options => options.HttpMessageHandlerBuilderActions.Add(handlers =>
            handlers.PrimaryHandler = RestService.CreateHandler(handlers.Services.GetRequiredKeyedService<RefitSettings>(key))
                ?? handlers.PrimaryHandler));
        services.AddTransient(refitInterfaceType, provider => RestService.For(
            refitInterfaceType,
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(name),
            provider.GetRequiredKeyedService<RefitSettings>(key)));
        return builder;
    }
}
