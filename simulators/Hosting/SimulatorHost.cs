using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TemporalDelivery.Simulators.CommandLine;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>What the HTTP simulators have in common: limits, problem details, health and how they stop.</summary>
static class SimulatorHost
{
    /// <summary>A builder that listens on the setting <c>Urls</c> and speaks JSON.</summary>
    public static WebApplicationBuilder CreateBuilder(IConfiguration configuration)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(configuration.Required("Urls"));
        builder.Logging.ClearProviders().AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.None)
            .AddFilter("System.Net.Http", LogLevel.Warning);
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
    /// <exception cref="ConfigurationFault">It cannot listen on the address that it was given.</exception>
    public static async Task<int> ServeAsync(WebApplication app, string name)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = failure => (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages();
        app.MapGet("/health/live", () => TypedResults.Ok(new Health(name, "live")));
        app.MapGet("/health/ready", () => TypedResults.Ok(new Health(name, "ready")));
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or AddressInUseException or FormatException or InvalidOperationException)
        {
            await app.DisposeAsync();
            throw new ConfigurationFault($"cannot listen on --Urls: {failure.Message}");
        }

        app.Logger.LogInformation("Now listening on: {Urls} ({Name} simulator)", string.Join(", ", app.Urls), name);
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
        return 0;
    }

    // A request that could not be read is answered with what could not be read and where.
    static void Explain(ProblemDetailsContext context)
    {
        if (context.Exception is BadHttpRequestException bad)
            context.ProblemDetails.Detail = bad.InnerException is JsonException json ? json.Message : bad.Message;
        else if (context.Exception is IOException failure)
            context.ProblemDetails.Detail = failure.Message;
    }

    sealed record Health(string Name, string Status);
}
