using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Runtime.Logs;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Looks at what a worker is about to send. A field above the namespace's limit would make the server end the workflow;
/// the task is failed instead, so that mended code can go on. Large ones below it the connection warns about.
/// </summary>
/// <param name="blobError">Most bytes of payloads in one field; zero for no limit.</param>
/// <param name="memoError">Most bytes of a memo; zero for no limit.</param>
/// <param name="log">The runtime's log.</param>
internal sealed class PayloadLimits(long blobError, long memoError, RuntimeLog log)
{
    // No field is larger than the whole: small requests, which are nearly all, need no closer look.
    private readonly long least = new[] { blobError, memoError }.Where(size => size > 0).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>Looks at a request.</summary>
    /// <exception cref="PayloadsTooLargeException">A field is above the limit.</exception>
    internal void Check(IMessage request)
    {
        if (request.CalculateSize() > least)
        {
            PayloadSizes.Visit(request, Check);
        }
    }

    private void Check(PayloadSizes.Kind kind, long size)
    {
        var (what, limit) = kind == PayloadSizes.Kind.Memo ? ("memo", memoError) : ("payloads", blobError);
        if (limit > 0 && size > limit)
        {
            var problem = $"[TMPRL1103] Attempted to upload {what} with size that exceeded the error limit.";
            log.Write(LogLevel.Error, RuntimeLog.Worker, problem, ("size", size), ("limit", limit));
            throw new PayloadsTooLargeException($"{problem} Size: {size} bytes, limit: {limit} bytes");
        }
    }
}

/// <summary>The server would not take what a task has come to.</summary>
internal sealed class PayloadsTooLargeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets a value indicating whether no single field but the message as a whole is too large.</summary>
    internal bool IsWholeMessage => InnerException != null;
}
