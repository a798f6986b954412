using System.Net;
using System.Net.Sockets;
using System.Text;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>An API that answers as the test says, one request after the other.</summary>
internal sealed class FakeApi : IDisposable
{
    private readonly HttpListener api = new();

    /// <summary>Listens on a port of its own.</summary>
    public FakeApi()
    {
        var address = $"http://127.0.0.1:{FreePort()}/";
        api.Prefixes.Add(address);
        api.Start();
        Client = new CarefulClient(new Uri(address));
    }

    /// <summary>Asks it.</summary>
    public CarefulClient Client { get; }

    /// <summary>Answers the next request, and returns its body.</summary>
    public async Task<string> AnswerAsync(int status, string body)
    {
        var asked = await api.GetContextAsync().WaitAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(asked.Request.InputStream);
        var request = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        asked.Response.StatusCode = status;
        asked.Response.ContentType = "application/json";
        asked.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
        return request;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        api.Close();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
