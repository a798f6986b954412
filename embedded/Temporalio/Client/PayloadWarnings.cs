using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Runtime.Logs;

namespace Temporalio.Client;

/// <summary>Warns, in the runtime's log, about large fields of what a connection sends; the call goes on.</summary>
/// <param name="options">Sizes from which to warn, in bytes; zero for never.</param>
/// <param name="log">The runtime's log.</param>
internal sealed class PayloadWarnings(PayloadLimitsOptions options, RuntimeLog log)
{
    // No field is larger than the whole: small requests, which are nearly all, need no closer look.
    private readonly long least = new[] { options.PayloadsWarnSize, options.MemoWarnSize }
        .Where(size => size > 0).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>Warnings by a connection's options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    internal static PayloadWarnings Of(TemporalConnectionOptions options, RuntimeLog log)
    {
        var sizes = options.PayloadLimits;
        RequireSize(options, sizes.PayloadsWarnSize, nameof(sizes.PayloadsWarnSize));
        RequireSize(options, sizes.MemoWarnSize, nameof(sizes.MemoWarnSize));
        return new(sizes, log);
    }

    /// <summary>Looks at a request.</summary>
    internal void Look(string rpc, IMessage request)
    {
        if (request.CalculateSize() > least)
        {
            PayloadSizes.Visit(request, (kind, size) => Look(rpc, kind, size));
        }
    }

    private static void RequireSize(TemporalConnectionOptions options, int size, string name)
    {
        if (size < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), size, $"{nameof(options.PayloadLimits)}.{name} must not be negative");
        }
    }

    private void Look(string rpc, PayloadSizes.Kind kind, long size)
    {
        var (what, limit) = kind == PayloadSizes.Kind.Memo ? ("memo", options.MemoWarnSize) : ("payloads", options.PayloadsWarnSize);
        if (limit > 0 && size > limit)
        {
            log.Write(
                LogLevel.Warning,
                RuntimeLog.Client,
                $"[TMPRL1103] Attempted to upload {what} with size that exceeded the warning limit.",
                ("rpc", rpc),
                ("size", size),
                ("limit", limit));
        }
    }
}
