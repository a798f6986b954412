using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Temporalio.Tests.Grpc;

/// <summary>Answers one CONNECT, then passes bytes on to a port of this machine.</summary>
internal sealed class StubProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    internal StubProxy(string answer, int? targetPort)
    {
        listener.Start();
        TargetHost = listener.LocalEndpoint.ToString()!;
        _ = RunAsync(answer, targetPort);
    }

    internal string TargetHost { get; }

    internal string Asked { get; private set; } = string.Empty;

    public void Dispose() => listener.Dispose();

    private async Task RunAsync(string answer, int? targetPort)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var head = new List<byte>();
        var one = new byte[1];
        while (!Asked.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
        {
            head.Add(one[0]);
            Asked = Encoding.ASCII.GetString([.. head]);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        if (targetPort is { } port)
        {
            using var target = new TcpClient();
            await target.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
        }
    }
}
