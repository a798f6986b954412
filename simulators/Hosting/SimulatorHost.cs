using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Hosting.Logging;
using TemporalDelivery.Hosting.Startup;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>What the HTTP simulators have in common: limits, problem details, health and how they stop.</summary>
internal static class SimulatorHost
{
    /// <summary>A builder that listens on the setting <c>Urls</c> and speaks JSON.</summary>
    public static WebApplicationBuilder CreateBuilder(IConfiguration configuration)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(configuration.Required("Urls"));
        builder.AddConsoleLog();
        builder.AddHealth();
        builder.Services.Configure<KestrelServerOptions>(server => server.Limits.MaxRequestBodySize = 64 * 1024);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Explain);
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>Serves until the process is asked to stop; the exit code.</summary>
    public static Task<int> ServeAsync(WebApplication app)
    {
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                StatusCodeSelector = failure =>
                    (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError,
            }
        );
        app.UseStatusCodePages();
        app.MapHealth(app.Services.GetRequiredService<HealthCheckService>());
        return HostProcess.RunUntilStoppedAsync(app);
    }

    // A request that could not be read is answered with what could not be read and where.
    private static void Explain(ProblemDetailsContext context)
    {
        if (context.Exception is BadHttpRequestException bad)
        {
            context.ProblemDetails.Detail = bad.InnerException is JsonException json ? json.Message : bad.Message;
        }
        else if (context.Exception is IOException failure)
        {
            context.ProblemDetails.Detail = failure.Message;
        }
    }
}
