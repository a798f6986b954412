using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.Grpc;

/// <summary>A call's failure as HTTP/2 shows it: a "trailers-only" answer, which is one block of headers and no body.</summary>
internal static class GrpcErrors
{
    // Clients bound the headers that they take (the native core 16 KiB): a longer error must lose its tail, not the connection.
    private const int MaximumMessageLength = 2048;
    private const int MaximumDetailsBytes = 6 * 1024;

    public static void Write(HttpResponse response, RpcException error)
    {
        var message = error.Message.Length <= MaximumMessageLength ? error.Message : string.Concat(error.Message.AsSpan(0, MaximumMessageLength), "…");
        var headers = response.Headers;
        headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = PercentEncode(message);
        if (error.Details.Count > 0 && Status(error, message) is { } status && status.CalculateSize() <= MaximumDetailsBytes)
        {
            headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
        }
    }

    /// <summary>The same failure as a message: the content of <c>grpc-status-details-bin</c>, named google.rpc.Status elsewhere.</summary>
    public static GrpcStatus Status(RpcException error, string message)
    {
        var status = new GrpcStatus { Code = (int)error.StatusCode, Message = message };
        status.Details.AddRange(error.Details.Select(Any.Pack));
        return status;
    }

    /// <summary>Printable ASCII but '%' as it is; every other byte of the UTF-8 form as %XX.</summary>
    public static string PercentEncode(string message)
    {
        if (!message.AsSpan().ContainsAnyExceptInRange(' ', '~') && !message.Contains('%'))
        {
            return message;
        }

        var encoded = new StringBuilder(message.Length + 32);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}
