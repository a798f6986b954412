using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Hosting.Payloads;
using TemporalDelivery.Hosting.Tracing;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Common;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>Registers the connection to Temporal.</summary>
public static class TemporalSetup
{
    /// <summary>
    /// Adds the client of <c>Temporal:Address</c> and <c>Temporal:Namespace</c>, which workers of the host use too. It connects when it is
    /// first used: the host starts while Temporal is away.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="allowedNow">What the workflows of its workers know of the values that are allowed.</param>
    /// <param name="interceptors">What else goes between, of the client and of the workers.</param>
    /// <exception cref="ConfigurationException">The address is not of the form host:port.</exception>
    public static void AddTemporal(
        this IHostApplicationBuilder builder,
        AllowedNow? allowedNow = null,
        params IReadOnlyList<IClientInterceptor> interceptors
    )
    {
        var address = TemporalAddress.Read(builder.Configuration);
        var @namespace = builder.Configuration.Text("Temporal:Namespace") ?? "default";
        builder.Services.AddSingleton<ITemporalClient>(services =>
            TemporalClient.CreateLazy(
                new TemporalClientConnectOptions(address.Text)
                {
                    Namespace = @namespace,
                    Identity = ProcessIdentity.Of(builder.Environment.ApplicationName),
                    // Compressing what never leaves the machine costs more than it saves.
                    GrpcCompression = address.IsLoopback ? new GrpcCompression.None() : new GrpcCompression.Gzip(),
                    DataConverter = PayloadDialect.Converter(allowedNow),
                    Interceptors = [new TracingInterceptor(), .. interceptors],
                    LoggerFactory = services.GetRequiredService<ILoggerFactory>(),
                }
            )
        );
        builder.Services.AddHealthChecks().AddCheck<TemporalHealthCheck>("temporal", timeout: HealthSetup.Deadline);
    }

    /// <summary>Keeps what is registered after it from starting until Temporal answers.</summary>
    public static void AddWaitForTemporal(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<WaitForTemporal>();

    /// <summary>Keeps what is registered after it from starting until the namespace has these search attributes.</summary>
    public static void AddSearchAttributes(this IHostApplicationBuilder builder, IReadOnlyCollection<SearchAttributeKey> attributes)
    {
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<WaitForSearchAttributes>(services, attributes));
        builder.Services.AddHostedService(services => services.GetRequiredService<WaitForSearchAttributes>());
        builder.Services.AddHealthChecks().AddCheck<WaitForSearchAttributes>("search attributes");
    }
}
