using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Common.V1;
using Temporalio.Client;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Looks at what a worker is about to send. A field above the namespace's limit would make the server end the workflow;
/// the task is failed instead, so that mended code can go on. A large one is warned about.
/// </summary>
/// <param name="warnings">Sizes from which to warn, in bytes; zero for never.</param>
/// <param name="blobError">Most bytes of payloads in one field; zero for no limit.</param>
/// <param name="memoError">Most bytes of a memo; zero for no limit.</param>
/// <param name="logger">Logger.</param>
internal sealed class PayloadLimits(PayloadLimitsOptions warnings, long blobError, long memoError, ILogger logger)
{
    // No field is larger than the whole: small requests, which are nearly all, need no closer look.
    private readonly long least = new[] { warnings.PayloadsWarnSize, warnings.MemoWarnSize, blobError, memoError }
        .Where(size => size > 0).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>Warns about large fields of a request.</summary>
    /// <exception cref="PayloadsTooLargeException">A field is above the limit.</exception>
    internal void Check(IMessage request)
    {
        if (request.CalculateSize() > least)
        {
            Visit(request);
        }
    }

    private void Visit(IMessage message)
    {
        switch (message)
        {
            case SearchAttributes:
                break;
            case Memo memo:
                Check("memo", memo.CalculateSize(), warnings.MemoWarnSize, memoError);
                break;
            case Payloads or Payload:
                Check("payloads", message.CalculateSize(), warnings.PayloadsWarnSize, blobError);
                break;
            case Any protocol:
                Check("payloads", protocol.Value.Length, warnings.PayloadsWarnSize, blobError);
                break;
            default:
                foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.Message))
                {
                    VisitValue(field.Accessor.GetValue(message));
                }
                break;
        }
    }

    private void VisitValue(object? value)
    {
        var nested = value switch
        {
            IMessage single => [single],
            IDictionary map => map.Values.OfType<IMessage>(),
            IEnumerable list => list.OfType<IMessage>(),
            _ => [],
        };
        foreach (var message in nested)
        {
            Visit(message);
        }
    }

    private void Check(string what, long size, long warn, long error)
    {
        if (error > 0 && size > error)
        {
            var failure = new PayloadsTooLargeException(
                $"[TMPRL1103] Attempted to upload {what} with size that exceeded the error limit. Size: {size} bytes, limit: {error} bytes");
            logger.LogError(failure, "A task fails because of its size");
            throw failure;
        }
        if (warn > 0 && size > warn)
        {
            logger.LogWarning(
                "[TMPRL1103] Attempted to upload {What} with size that exceeded the warning limit. Size: {Size} bytes, limit: {Limit} bytes",
                what,
                size,
                warn);
        }
    }
}

/// <summary>The server would not take what a task has come to.</summary>
internal sealed class PayloadsTooLargeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets a value indicating whether no single field but the message as a whole is too large.</summary>
    internal bool IsWholeMessage => InnerException != null;
}
