using System.Globalization;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>The <c>grpc-timeout</c> header: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    /// <summary>A timer cannot wait longer; whoever waits so long has no deadline.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>The time that the caller gives, or null where there is no (effective) deadline.</summary>
    /// <exception cref="RpcException">The header is malformed.</exception>
    public static TimeSpan? Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        if (header.Length is < 2 or > 9 || !long.TryParse(header.AsSpan(0, header.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw Malformed(header);
        }

        var ticks = header[^1] switch
        {
            'H' => count * TimeSpan.TicksPerHour,
            'M' => count * TimeSpan.TicksPerMinute,
            'S' => count * TimeSpan.TicksPerSecond,
            'm' => count * TimeSpan.TicksPerMillisecond,
            'u' => count * TimeSpan.TicksPerMicrosecond,
            'n' => count / TimeSpan.NanosecondsPerTick,
            _ => throw Malformed(header),
        };
        return ticks > Longest.Ticks ? null : TimeSpan.FromTicks(ticks);
    }

    private static RpcException Malformed(string header) =>
        new(StatusCode.Internal, $"malformed grpc-timeout '{header}': expected up to eight digits and one of H, M, S, m, u, n");
}
