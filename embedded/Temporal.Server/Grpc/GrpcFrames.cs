using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>
/// A gRPC message on the wire: one byte that says whether it is compressed, four bytes of length (big endian), the message.
/// </summary>
internal static class GrpcFrames
{
    /// <summary>Temporal's own limit for a message, in bytes, before and after decompression.</summary>
    public const int MaximumMessageBytes = 4 * 1024 * 1024;

    private const int HeaderBytes = 5;

    /// <summary>Reads the one message of a unary request.</summary>
    /// <exception cref="RpcException">The frame is cut short, too large, compressed in an unknown way, or not this message.</exception>
    public static async ValueTask<IMessage> ReadAsync(PipeReader reader, MessageParser parser, string? encoding, CancellationToken cancellationToken)
    {
        var result = await ReadAtLeastAsync(reader, HeaderBytes, cancellationToken);
        var (compressed, length) = Header(result.Buffer);
        if (length > MaximumMessageBytes)
        {
            throw TooLarge(length);
        }

        if (result.Buffer.Length < HeaderBytes + length)
        {
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await ReadAtLeastAsync(reader, HeaderBytes + (int)length, cancellationToken);
        }

        var body = result.Buffer.Slice(HeaderBytes, length);
        var message = compressed ? ParseCompressed(body, parser, encoding) : Parse(body, parser);
        reader.AdvanceTo(result.Buffer.GetPosition(HeaderBytes + length));
        return message;
    }

    /// <summary>Writes a message uncompressed; every client reads that.</summary>
    public static void Write(PipeWriter writer, IMessage message)
    {
        var header = writer.GetSpan(HeaderBytes);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)message.CalculateSize());
        writer.Advance(HeaderBytes);
        message.WriteTo(writer);
    }

    private static async ValueTask<ReadResult> ReadAtLeastAsync(PipeReader reader, int bytes, CancellationToken cancellationToken)
    {
        var result = await reader.ReadAtLeastAsync(bytes, cancellationToken);
        return result.Buffer.Length >= bytes
            ? result
            : throw new RpcException(StatusCode.Internal, $"The request ended after {result.Buffer.Length} bytes; its message needs {bytes}.");
    }

    private static (bool Compressed, uint Length) Header(ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        return header[0] switch
        {
            0 => (false, BinaryPrimitives.ReadUInt32BigEndian(header[1..])),
            1 => (true, BinaryPrimitives.ReadUInt32BigEndian(header[1..])),
            var flag => throw new RpcException(StatusCode.Internal, $"A gRPC frame begins with {flag}; only 0 (identity) and 1 (compressed) are defined."),
        };
    }

    private static IMessage Parse(ReadOnlySequence<byte> body, MessageParser parser)
    {
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, $"The request is not the message that the method takes: {e.Message}");
        }
    }

    private static IMessage ParseCompressed(ReadOnlySequence<byte> body, MessageParser parser, string? encoding)
    {
        if (encoding != "gzip")
        {
            throw new RpcException(StatusCode.Unimplemented, $"The message is compressed as '{encoding ?? "nothing named"}'; this server reads gzip and identity.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(MaximumMessageBytes, 256 + (int)body.Length * 4));
        try
        {
            var length = 0;
            using var gzip = new GZipStream(new SequenceStream(body), CompressionMode.Decompress);
            for (int read; (read = gzip.Read(buffer, length, buffer.Length - length)) > 0;)
            {
                length += read;
                if (length > MaximumMessageBytes)
                {
                    throw TooLarge(length);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }

            return Parse(new ReadOnlySequence<byte>(buffer, 0, length), parser);
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(StatusCode.Internal, $"The message is marked as gzip and is not: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static RpcException TooLarge(long bytes) => new(
        StatusCode.ResourceExhausted,
        $"grpc: received message larger than max ({bytes} vs. {MaximumMessageBytes})");
}
