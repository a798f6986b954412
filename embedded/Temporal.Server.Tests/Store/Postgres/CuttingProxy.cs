using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>
/// Stands between a store and PostgreSQL and breaks what networks break: answers get lost, one side does not notice the other's end.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly ConcurrentBag<Link> links = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly DnsEndPoint server;
    private readonly Task accepting;
    private volatile bool isRefusing;

    public CuttingProxy(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        server = new DnsEndPoint(builder.Host!, builder.Port);
        listener.Start();
        builder.Host = "127.0.0.1";
        builder.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectionString = builder.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>The way through the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>New connections end at once.</summary>
    public bool IsRefusing
    {
        get => isRefusing;
        set => isRefusing = value;
    }

    /// <summary>What the server says is lost.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Breaks the connections there are towards the store; the server does not notice.</summary>
    public void CutStore()
    {
        foreach (var link in links)
        {
            link.Store.Close();
        }
    }

    /// <summary>Breaks everything and refuses new connections: the database is away.</summary>
    public void TakeDatabaseAway()
    {
        IsRefusing = true;
        CutAll();
    }

    private void CutAll()
    {
        foreach (var link in links)
        {
            link.Store.Close();
            link.Server.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        foreach (var link in links)
        {
            link.Store.Dispose();
            link.Server.Dispose();
            await link.Ended;
        }

        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var store = await listener.AcceptSocketAsync(stopping.Token);
                if (IsRefusing)
                {
                    store.Close();
                    continue;
                }

                var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                store.NoDelay = true;
                await upstream.ConnectAsync(server, stopping.Token);
                links.Add(
                    new Link(
                        store,
                        upstream,
                        Task.WhenAll(PumpAsync(store, upstream, isAnswer: false), PumpAsync(upstream, store, isAnswer: true))
                    )
                );
                if (IsRefusing)
                {
                    // The database was taken away while this one was on its way to it.
                    CutAll();
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test's end, or a server that is not there: the store sees a closed connection.
                continue;
            }
        }
    }

    // Ends with the side it reads from; the other side is left as it is, unless it is alive and the end is a proper one.
    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, stopping.Token)) > 0;)
            {
                if (!isAnswer || !IsDeaf)
                {
                    await to.SendAsync(buffer.AsMemory(0, read), stopping.Token);
                }
            }

            to.Close();
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut on purpose.
            return;
        }
    }

    private sealed record Link(Socket Store, Socket Server, Task Ended);
}
