using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Temporalio.Exceptions;

namespace Temporalio.Grpc;

/// <summary>gRPC's frame around a message: a flag for compression, four bytes of length, the message.</summary>
internal static class GrpcFrame
{
    private const int PrefixSize = 5;

    // sdk-core's default for what it decodes.
    private const int MaxReplySize = 128 * 1024 * 1024;

    // Below this, compressing costs more than the bytes that it saves.
    private const int CompressFrom = 8 * 1024;

    internal static ReadOnlyMemory<byte> Write(IMessage message, bool compress)
    {
        var size = message.CalculateSize();
        if (compress && size >= CompressFrom)
        {
            return WriteCompressed(message);
        }

        var frame = new byte[PrefixSize + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(PrefixSize));
        return frame;
    }

    /// <summary>Reads the only message of a reply; null if there is none, which is so when the call failed.</summary>
    internal static async Task<T?> ReadAsync<T>(Stream body, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var prefix = new byte[PrefixSize];
        var read = await body.ReadAtLeastAsync(prefix, PrefixSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (read < PrefixSize || length > MaxReplySize)
        {
            throw new RpcException(
                RpcException.StatusCode.ResourceExhausted, $"The reply's message of {length} bytes is larger than max ({MaxReplySize})", rawStatus: null);
        }

        var compressed = prefix[0] != 0;
        var message = new byte[length];
        await body.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);

        // Trailers come after the last byte of the body.
        while (await body.ReadAsync(prefix, cancellationToken).ConfigureAwait(false) > 0)
        {
        }

        return compressed ? ReadCompressed(message, parser) : parser.ParseFrom(message);
    }

    private static ReadOnlyMemory<byte> WriteCompressed(IMessage message)
    {
        using var frame = new MemoryStream();
        frame.Write([1, 0, 0, 0, 0]);
        using (var gzip = new GZipStream(frame, CompressionLevel.Fastest, leaveOpen: true))
        {
            message.WriteTo(gzip);
        }

        BinaryPrimitives.WriteInt32BigEndian(frame.GetBuffer().AsSpan(1), (int)frame.Length - PrefixSize);
        return frame.GetBuffer().AsMemory(0, (int)frame.Length);
    }

    private static T ReadCompressed<T>(byte[] message, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
        return parser.ParseFrom(gzip);
    }
}
