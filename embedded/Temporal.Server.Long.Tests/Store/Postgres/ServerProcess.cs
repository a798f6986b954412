using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Grpc;
using Temporal.Server.Tests.Store.Postgres;

namespace Temporal.Server.Long.Tests.Store.Postgres;

/// <summary>The server's executable on a database, killed and started again at will, and calls to whichever process is there.</summary>
internal sealed class ServerProcess(string connectionString) : ICalledServer, IAsyncDisposable
{
    private readonly HttpClient client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? process;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the process and waits until it takes calls.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(
            new ProcessStartInfo("dotnet")
            {
                ArgumentList = { typeof(TemporalServer).Assembly.Location, "server", "start-dev", "--port", "0", "--headless" },
                Environment = { ["TEMPORAL_POSTGRES"] = connectionString },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        for (string? line; (line = await process.StandardOutput.ReadLineAsync(Cancellation)) is not null;)
        {
            if (line.StartsWith("Temporal server ready on ", StringComparison.Ordinal))
            {
                address.SetResult(new Uri($"http://{line.Split(' ')[4]}"));
                return;
            }
        }

        Assert.Fail($"The server ended: {await process.StandardError.ReadToEndAsync(Cancellation)}");
    }

    /// <summary>Runs it to its end, for starts that must fail.</summary>
    public async Task<(int ExitCode, string Error)> RunAsync()
    {
        process = Process.Start(
            new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    typeof(TemporalServer).Assembly.Location,
                    "server",
                    "start-dev",
                    "--port",
                    "0",
                    "--postgres",
                    connectionString,
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, error);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process!.Kill();
        await process.WaitForExitAsync(Cancellation);
        process.Dispose();
        process = null;
    }

    /// <summary>Calls the process that is there, or the next one.</summary>
    /// <exception cref="RpcException">The server says no.</exception>
    /// <exception cref="HttpRequestException">The server died, or was dead.</exception>
    public async Task<TReply> CallAsync<TReply>(IMessage request, TimeSpan? deadline = null)
        where TReply : IMessage<TReply>, new()
    {
        var server = await address.Task.WaitAsync(Cancellation);
        using var message = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(server, $"/temporal.api.workflowservice.v1.WorkflowService/{request.Descriptor.Name[..^"Request".Length]}")
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcHost.Frame(request.ToByteArray()))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") },
            },
            Headers = { { "grpc-timeout", $"{(int)(deadline ?? TimeSpan.FromMinutes(2)).TotalMilliseconds}m" } },
        };
        using var response = await client.SendAsync(message, Cancellation);
        var reply = new GrpcReply(response.Headers, response.TrailingHeaders, await response.Content.ReadAsByteArrayAsync(Cancellation));
        return reply.Status == 0
            ? reply.Read(new MessageParser<TReply>(() => new TReply()))
            : throw new RpcException((StatusCode)reply.Status, reply.Message ?? "");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
        client.Dispose();
    }
}
