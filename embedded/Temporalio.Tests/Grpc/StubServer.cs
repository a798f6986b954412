using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Tests.Grpc;

/// <summary>Answers gRPC calls as a test says, byte for byte. It knows <c>GetSystemInfo</c> by itself.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StubServer(WebApplication app)
    {
        this.app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Port = new Uri(address).Port;
    }

    internal int Port { get; }

    internal string TargetHost => $"127.0.0.1:{Port}";

    internal ConcurrentQueue<StubCall> Calls { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    internal static async Task<StubServer> StartAsync(
        Func<StubCall, Task> answer, HttpsConnectionAdapterOptions? https = null, GetSystemInfoResponse? info = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (https is not null)
            {
                listen.UseHttps(https);
            }
        }));
        if (https is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var app = builder.Build();
        StubServer? server = null;
        app.Run(async context =>
        {
            var call = await StubCall.ReadAsync(context);
            if (call.Rpc == "GetSystemInfo")
            {
                await call.ReplyAsync(info ?? new GetSystemInfoResponse());
                return;
            }

            server!.Calls.Enqueue(call);
            await answer(call);
        });
        await app.StartAsync();
        server = new(app);
        return server;
    }
}
