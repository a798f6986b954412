using System.Net;
using System.Net.Sockets;

namespace TemporalDelivery.Tests.Processes;

/// <summary>
/// A TCP relay between two processes. While it is held, nothing that the client says reaches the server; answers still come.
/// </summary>
public sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource cut = new();
    private readonly int server;
    private readonly Task relaying;
    private TaskCompletionSource released = new();

    /// <summary>Opens a way to this port of this machine.</summary>
    public Wire(int server)
    {
        this.server = server;
        released.SetResult();
        listener.Start();
        relaying = RelayAsync();
    }

    /// <summary>The port that leads there.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Holds what clients say from now on.</summary>
    public void Hold() => released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets through what was held, and what comes.</summary>
    public void Release() => released.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await cut.CancelAsync();
        released.TrySetResult();
        await relaying;
        listener.Dispose();
        cut.Dispose();
    }

    private async Task RelayAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await listener.AcceptTcpClientAsync(cut.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(connections);
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        using (var target = new TcpClient())
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(cut.Token))
        {
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, server, end.Token);
                client.NoDelay = target.NoDelay = true;
                var there = PumpAsync(client.GetStream(), target.GetStream(), () => released.Task, end.Token);
                var back = PumpAsync(target.GetStream(), client.GetStream(), () => Task.CompletedTask, end.Token);
                await Task.WhenAny(there, back);
                await end.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
            {
                // One of the two died, which is what the test is about: the other sees its connection end.
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<Task> may, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await may().WaitAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
