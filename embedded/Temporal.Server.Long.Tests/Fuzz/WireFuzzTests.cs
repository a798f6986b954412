using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Temporal.Server.Tests.Grpc;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Bytes that are no requests: broken gRPC frames, broken HTTP/2, broken HTTP/1.1.</summary>
public sealed class WireFuzzTests
{
    private const string Path = "/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution";
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Answer = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Broken_messages_in_whole_frames_are_answered_each()
    {
        await using var server = await FuzzedServer.StartAsync(onPostgres: false, FuzzSettings.RandomSeed);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await server.AttackAsync(async random =>
        {
            var (kind, body, encoding) = BrokenMessage(random, server);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{server.Server.EndPoint}{Path}"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body),
            };
            request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
            request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
            request.Headers.TryAddWithoutValidation("grpc-timeout", random.Next(8) == 0 ? "soon" : "5S");
            using var patience = new CancellationTokenSource(Answer);
            try
            {
                using var response = await client.SendAsync(request, patience.Token);
                await response.Content.ReadAsByteArrayAsync(patience.Token);
                var status = new GrpcReply(response.Headers, response.TrailingHeaders, []).Value("grpc-status");
                server.Count(kind, int.Parse(status ?? "-1", System.Globalization.CultureInfo.InvariantCulture));
                if (status is null)
                {
                    server.Complain($"{kind}: no status", Convert.ToHexString(body[..Math.Min(body.Length, 100)]));
                }
            }
            catch (OperationCanceledException)
            {
                server.Complain($"{kind} was not answered", Convert.ToHexString(body[..Math.Min(body.Length, 100)]));
            }
            catch (HttpRequestException) when (kind is "oversized" or "lying length")
            {
                // Refused while it was still being sent.
                server.Count(kind, -2);
            }
        });
    }

    [Fact]
    public async Task Broken_connections_on_every_port_end_and_disturb_nobody()
    {
        await using var server = await FuzzedServer.StartAsync(onPostgres: false, FuzzSettings.RandomSeed);
        IPEndPoint[] ports = [server.Server.EndPoint, server.Server.EndPoint, server.Server.WebUi!, server.Server.HttpApi!];
        await server.AttackAsync(async random =>
        {
            var port = random.Next(ports.Length);
            using var patience = new CancellationTokenSource(Answer);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(random.Next(2) == 0, 0) };
            try
            {
                await socket.ConnectAsync(ports[port], patience.Token);
                await socket.SendAsync(port < 2 ? BrokenHttp2(random) : BrokenHttp1(random), patience.Token);
                if (random.Next(2) == 0)
                {
                    // Says that nothing more comes; then the server must close as well.
                    socket.Shutdown(SocketShutdown.Send);
                    var buffer = new byte[4096];
                    while (await socket.ReceiveAsync(buffer, patience.Token) > 0) { }
                }

                server.Count(port < 2 ? "HTTP/2" : "HTTP/1.1", 0);
            }
            catch (SocketException)
            {
                // The server has closed first.
                server.Count(port < 2 ? "HTTP/2" : "HTTP/1.1", 1);
            }
            catch (OperationCanceledException)
            {
                server.Complain("a broken connection stays open", $"port {port}");
            }
        });
    }

    private static (string Kind, byte[] Body, string Encoding) BrokenMessage(Random random, FuzzedServer server)
    {
        var message = new RandomMessages(random, server.Learned).Next(StartWorkflowExecutionRequest.Descriptor).ToByteArray();
        switch (random.Next(8))
        {
            case 0:
                return ("random bytes", Noise(random, 200), "identity");
            case 1:
                var frame = GrpcHost.Frame(message);
                return ("truncated", frame[..random.Next(frame.Length)], "identity");
            case 2:
                return ("wrong flag", GrpcHost.Frame(message, (byte)random.Next(2, 256)), "identity");
            case 3:
                return (
                    "lying length",
                    GrpcHost.Frame(message, 0, random.Next(3) == 0 ? random.Next() : random.Next(message.Length + 40)),
                    "identity"
                );
            case 4 when random.Next(20) == 0:
                return ("oversized", GrpcHost.Frame(new byte[5_000_000]), "identity");
            case 5 when random.Next(5) == 0:
                return ("compressed bomb", GrpcHost.Frame(Gzip(new byte[64 * 1024 * 1024]), 1), "gzip");
            case 6:
                var gzip = Gzip(message);
                gzip[random.Next(gzip.Length)] ^= 0x55;
                return ("damaged gzip", GrpcHost.Frame(gzip, 1), random.Next(4) == 0 ? "snappy" : "gzip");
            default:
                var damaged = GrpcHost.Frame(message);
                for (var count = random.Next(1, 10); count > 0; count--)
                {
                    damaged[random.Next(5, damaged.Length)] = (byte)random.Next(256);
                }

                return ("damaged message", damaged, "identity");
        }
    }

    private static byte[] BrokenHttp2(Random random)
    {
        using var bytes = new MemoryStream();
        if (random.Next(10) > 0)
        {
            bytes.Write(Preface);
            if (random.Next(5) > 0)
            {
                WriteFrame(bytes, type: 4, flags: 0, stream: 0, []);
            }
        }
        else
        {
            bytes.Write(Noise(random, 100));
        }

        for (var count = random.Next(1, 12); count > 0; count--)
        {
            var length = random.Next(5) == 0 ? random.Next(1 << 24) : (int?)null;
            WriteFrame(
                bytes,
                (byte)random.Next(0, 12),
                (byte)random.Next(256),
                random.Next(4) == 0 ? random.Next() : random.Next(6),
                Noise(random, 64),
                length
            );
        }

        return bytes.ToArray();
    }

    private static byte[] BrokenHttp1(Random random)
    {
        var text = random.Next(8) switch
        {
            0 => "GET /api/v1/namespaces HTTP/1.1\r\n\r\n",
            1 => $"GET /{new string('a', 70_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            2 => $"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat($"A: {new string('b', 1000)}\r\n", 200))}\r\n",
            3 => "POST /api/v1/namespaces/default/workflows/w HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{}",
            4 =>
                "POST /api/v1/namespaces/default/workflows/w HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
            5 => "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            6 => "GET http://[::1 HTTP/1.1\r\nHost: [::\r\n\r\n",
            _ => Encoding.Latin1.GetString(Noise(random, 300)),
        };
        return Encoding.Latin1.GetBytes(text);
    }

    private static void WriteFrame(MemoryStream to, byte type, byte flags, int stream, byte[] payload, int? length = null)
    {
        Span<byte> header = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(header, (length ?? payload.Length) << 8);
        header[3] = type;
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        to.Write(header);
        to.Write(payload);
    }

    private static byte[] Noise(Random random, int longest)
    {
        var bytes = new byte[random.Next(longest)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return compressed.ToArray();
    }
}
