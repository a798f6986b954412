using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Runtime;

namespace Temporalio.Grpc;

/// <summary>
/// Unary gRPC over HTTP/2: <c>https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md</c>. Without TLS the server must know HTTP/2 without
/// negotiation. Opens further connections where the server's limit of streams is reached, so any number of long polls fit.
/// </summary>
internal sealed class GrpcChannel
{
    private static readonly MediaTypeHeaderValue GrpcContent = new("application/grpc");

    private readonly HttpMessageInvoker http;

    // As many as there are methods; parsing an address costs more than finding it again.
    private readonly ConcurrentDictionary<string, Uri> addresses = new(StringComparer.Ordinal);
    private volatile bool compress;
    private readonly string? authority;

    private GrpcChannel(GrpcTarget target, HttpMessageInvoker http, bool compress)
    {
        Address = target.Address;
        authority = target.Authority;
        this.http = http;
        this.compress = compress;
    }

    internal Uri Address { get; }

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    internal static GrpcChannel Create(TemporalConnectionOptions options)
    {
        var target = GrpcTarget.Parse(options);
        return new(target, new(GrpcSockets.CreateHandler(options, target)), options.GrpcCompression is GrpcCompression.Gzip);
    }

    /// <summary>Closes the sockets; calls that run fail.</summary>
    internal void Close() => http.Dispose();

    /// <summary>Makes one attempt; a second one uncompressed where the server or a proxy turns out not to know compression.</summary>
    /// <exception cref="RpcException">The server refused, its answer is not gRPC, it cannot be reached, or the time is up.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    internal async Task<T> CallAsync<T>(
        GrpcCall call, ConnectionMetadata metadata, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        try
        {
            return await CallOnceAsync(call, metadata, parser, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (compress && IsCompressionUnknown(e))
        {
            compress = false;
            return await CallOnceAsync(call, metadata, parser, cancellationToken).ConfigureAwait(false);
        }
    }

    // gRPC servers say "grpc: Decompressor is not installed for grpc-encoding".
    private static bool IsCompressionUnknown(RpcException e) => e.Code == RpcException.StatusCode.Unimplemented
        && e.Message.Contains("decompressor", StringComparison.OrdinalIgnoreCase);

    private async Task<T> CallOnceAsync<T>(
        GrpcCall call, ConnectionMetadata metadata, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(call.Timeout);
        try
        {
            using var request = CreateRequest(call, metadata);
            using var response = await http.SendAsync(request, deadline.Token).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var reply = response.StatusCode == HttpStatusCode.OK
                ? await GrpcFrame.ReadAsync(body, parser, deadline.Token).ConfigureAwait(false)
                : default;
            if (GrpcStatusReader.Read(response) is { } error)
            {
                throw error;
            }

            return reply ?? throw new RpcException(RpcException.StatusCode.Internal, "The reply has no message", rawStatus: null);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(
                RpcException.StatusCode.DeadlineExceeded, $"Timeout expired: {call.Path} took longer than {call.Timeout}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A stream that the caller's cancellation resets may surface as either.
            cancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(RpcException.StatusCode.Unavailable, Reason(e), e);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new RpcException(RpcException.StatusCode.Internal, $"The reply to {call.Path} is not a valid message: {e.Message}", e);
        }
    }

    private static string Reason(Exception e) => e.InnerException is { } inner && !e.Message.Contains(inner.Message, StringComparison.Ordinal)
        ? $"{e.Message}: {inner.Message}"
        : e.Message;

    // At most eight digits, so the unit grows with the value.
    private static string Encode(TimeSpan timeout)
    {
        var milliseconds = Math.Max(1, (long)timeout.TotalMilliseconds);
        return milliseconds < 100_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(milliseconds / 1000, 99_999_999)}S");
    }

    private HttpRequestMessage CreateRequest(GrpcCall call, ConnectionMetadata metadata)
    {
        var content = new ReadOnlyMemoryContent(GrpcFrame.Write(call.Request, compress));
        content.Headers.ContentType = GrpcContent;
        var request = new HttpRequestMessage(HttpMethod.Post, addresses.GetOrAdd(call.Path, static (path, root) => new Uri(root, path), Address))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.Host = authority;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", "gzip,identity");
        headers.TryAddWithoutValidation("grpc-timeout", Encode(call.Timeout));
        headers.TryAddWithoutValidation("client-name", SdkIdentity.Name);
        headers.TryAddWithoutValidation("client-version", SdkIdentity.Version);
        if (compress)
        {
            headers.TryAddWithoutValidation("grpc-encoding", "gzip");
        }

        if (!string.IsNullOrEmpty(call.Namespace))
        {
            headers.TryAddWithoutValidation("temporal-namespace", call.Namespace);
        }

        AddMetadata(headers, call.Options?.Metadata, call.Options?.BinaryMetadata);
        AddMetadata(headers, metadata.Texts, metadata.Binaries);
        if (metadata.ApiKey is { } apiKey && !headers.Contains("authorization"))
        {
            headers.TryAddWithoutValidation("authorization", $"Bearer {apiKey}");
        }

        return request;
    }

    // A header of the call stands in place of the connection's, so those are added first.
    private static void AddMetadata(
        HttpRequestHeaders headers,
        IReadOnlyCollection<KeyValuePair<string, string>>? texts,
        IReadOnlyCollection<KeyValuePair<string, byte[]>>? binaries)
    {
        foreach (var (name, value) in texts ?? [])
        {
            if (!headers.NonValidated.Contains(name))
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }

        foreach (var (name, value) in binaries ?? [])
        {
            if (!headers.NonValidated.Contains(name))
            {
                headers.TryAddWithoutValidation(name, Convert.ToBase64String(value));
            }
        }
    }
}
