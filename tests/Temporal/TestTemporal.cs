using System.Diagnostics;
using TemporalDelivery.Hosting.Payloads;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Postgres;
using Temporalio.Client.Interceptors;
using Temporalio.Common;
using Temporalio.Testing;

namespace TemporalDelivery.Tests.Temporal;

/// <summary>
/// The Temporal server that tests use: the executable that <c>TEMPORAL_TEST_SERVER</c> names, else the embedded one, which
/// <c>temporal-dev.sh test-server</c> publishes when it is not there (so a bare <c>dotnet test</c> works too).
/// </summary>
public static class TestTemporal
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<Task<string>> Found = new(FindAsync);

    /// <summary>Path of the server's executable.</summary>
    public static Task<string> ExecutableAsync() => Found.Value;

    /// <summary>A server of its own for a test, whose clock leaps over what nobody but a timer waits for.</summary>
    /// <param name="allowedNow">What the workers' workflows say that is allowed.</param>
    /// <param name="interceptors">Of the client and of the workers that use it.</param>
    /// <param name="attributes">The search attributes that workflows bear.</param>
    public static async Task<WorkflowEnvironment> StartTimeSkippingAsync(
        AllowedNow? allowedNow = null,
        IReadOnlyCollection<IClientInterceptor>? interceptors = null,
        params IReadOnlyCollection<SearchAttributeKey> attributes
    )
    {
        var environment = await WorkflowEnvironment.StartTimeSkippingAsync(
            new()
            {
                DataConverter = PayloadDialect.Converter(allowedNow),
                Interceptors = interceptors,
                GrpcCompression = new Temporalio.Client.GrpcCompression.None(),
                TestServer = new() { ExistingPath = await ExecutableAsync(), StartupTimeout = Patience },
            }
        );
        await SearchAttributeRegistration.RegisterAsync(environment.Client, attributes, CancellationToken.None);
        return environment;
    }

    /// <summary>A server of its own for a test, on real time.</summary>
    /// <param name="address">Where it listens (host:port); null for any free port.</param>
    /// <param name="attributes">The search attributes that workflows bear.</param>
    public static async Task<WorkflowEnvironment> StartLocalAsync(
        string? address = null,
        params IReadOnlyCollection<SearchAttributeKey> attributes
    )
    {
        var options = new WorkflowEnvironmentStartLocalOptions
        {
            DataConverter = PayloadDialect.Converter(),
            SearchAttributes = attributes,
            GrpcCompression = new Temporalio.Client.GrpcCompression.None(),
            DevServerOptions = new() { ExistingPath = await ExecutableAsync(), StartupTimeout = Patience },
        };
        if (address is not null)
        {
            options.TargetHost = address;
        }

        return await WorkflowEnvironment.StartLocalAsync(options);
    }

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("TEMPORAL_TEST_SERVER") is { Length: > 0 } given)
        {
            return given;
        }

        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(PostgresServer.RepositoryRoot, "temporal-dev.sh"), "test-server")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5));
        return line is { Length: > 0 } ? line : throw new InvalidOperationException($"temporal-dev.sh test-server failed: {await errors}");
    }
}
