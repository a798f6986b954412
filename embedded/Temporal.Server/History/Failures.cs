using System.Text;
using Temporalio.Api.Failure.V1;

namespace Temporal.Server.History;

/// <summary>Failures that are the server's own, and failures cut to a size that can be kept.</summary>
internal static class Failures
{
    private const string TooLarge = "Failure exceeds size limit.";
    private const int DeepestCause = 20;

    /// <summary>A failure of the server's own making that no retry can help.</summary>
    public static Failure Final(string message) =>
        new()
        {
            Message = message,
            ServerFailureInfo = new ServerFailureInfo { NonRetryable = true },
        };

    /// <summary>The failure as an event may have it: as it is, or a final one with its outline when it is too large.</summary>
    public static Failure? WithinLimit(Failure? failure, WorkflowLimits limits)
    {
        if (failure is null || failure.CalculateSize() <= limits.BlobBytes)
        {
            return failure;
        }

        var final = Final(TooLarge);
        final.Cause = Outline(failure, Limits.OutlinedFailureBytes, DeepestCause);
        return final;
    }

    /// <summary>The failure as it is kept until the next attempt: as it is, or its outline when it is long.</summary>
    public static Failure ForRetry(Failure failure, WorkflowLimits limits) =>
        failure.CalculateSize() <= limits.RetriedFailureBytes
            ? failure
            : new Failure
            {
                Message = TooLarge,
                ServerFailureInfo = new ServerFailureInfo(),
                Cause = Outline(failure, limits.RetriedFailureBytes, DeepestCause),
            };

    // Type, source, message and stack trace, in this order for as far as the bytes reach, then the cause.
    private static Failure Outline(Failure failure, int bytes, int depth)
    {
        var outline = new Failure();
        if (failure.ApplicationFailureInfo is { } application)
        {
            outline.ApplicationFailureInfo = new ApplicationFailureInfo
            {
                NonRetryable = application.NonRetryable,
                Type = Take(application.Type, ref bytes),
            };
        }
        else if (failure.ServerFailureInfo is { } server)
        {
            outline.ServerFailureInfo = new ServerFailureInfo { NonRetryable = server.NonRetryable };
        }

        outline.Source = Take(failure.Source, ref bytes);
        outline.Message = Take(failure.Message, ref bytes);
        outline.StackTrace = Take(failure.StackTrace, ref bytes);
        if (failure.Cause is { } cause && bytes > 0 && depth > 0)
        {
            outline.Cause = Outline(cause, bytes, depth - 1);
        }

        return outline;
    }

    private static string Take(string text, ref int bytes)
    {
        var taken = text;
        if (Encoding.UTF8.GetByteCount(text) > bytes)
        {
            Encoding.UTF8.GetEncoder().Convert(text, new byte[Math.Max(bytes, 0)], flush: false, out var characters, out _, out _);
            taken = text[..characters];
        }

        bytes -= Encoding.UTF8.GetByteCount(taken);
        return taken;
    }
}
