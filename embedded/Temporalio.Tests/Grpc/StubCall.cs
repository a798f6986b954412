using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Temporalio.Tests.Grpc;

/// <summary>A call that arrived, and what to answer it with.</summary>
internal sealed class StubCall
{
    private readonly HttpContext context;

    private StubCall(HttpContext context, bool compressed, byte[] message)
    {
        this.context = context;
        Compressed = compressed;
        Message = message;
        Headers = context.Request.Headers.ToDictionary(each => each.Key, each => each.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Rpc = context.Request.Path.Value!.Split('/')[^1];
        Host = context.Request.Host.Value!;
    }

    internal string Rpc { get; }

    internal string Host { get; }

    internal IReadOnlyDictionary<string, string> Headers { get; }

    internal bool Compressed { get; }

    internal byte[] Message { get; }

    internal CancellationToken Aborted => context.RequestAborted;

    internal static async Task<StubCall> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var frame = body.ToArray();
        var compressed = frame[0] == 1;
        var message = frame[5..];
        Assert.Equal(message.Length, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        if (compressed)
        {
            using var plain = new MemoryStream();
            await using var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
            await gzip.CopyToAsync(plain);
            message = plain.ToArray();
        }

        return new(context, compressed, message);
    }

    internal async Task ReplyAsync(IMessage reply, bool gzip = false)
    {
        var message = reply.ToByteArray();
        if (gzip)
        {
            using var packed = new MemoryStream();
            await using (var zip = new GZipStream(packed, CompressionMode.Compress))
            {
                zip.Write(message);
            }

            message = packed.ToArray();
            context.Response.Headers["grpc-encoding"] = "gzip";
        }

        var prefix = new byte[5];
        prefix[0] = gzip ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(prefix);
        await context.Response.Body.WriteAsync(message);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Fails it with the status in the headers, which is how servers fail calls that have no body.</summary>
    internal Task FailAsync(int code, string message, string? details = null)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        if (details is not null)
        {
            context.Response.Headers["grpc-status-details-bin"] = details;
        }

        return Task.CompletedTask;
    }

    internal Task FailHttpAsync(int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
