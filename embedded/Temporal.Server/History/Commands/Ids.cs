using System.Text;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.Commands;

/// <summary>The rule for ids and names in commands.</summary>
internal static class Ids
{
    /// <summary>Refuses an empty or overlong one.</summary>
    /// <exception cref="BadCommandException">It is.</exception>
    public static void Require(WorkflowLimits limits, string? value, string what, WorkflowTaskFailedCause cause)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw new BadCommandException(cause, $"The command has no {what}.");
        }

        Limit(limits, value, what, cause);
    }

    /// <summary>Refuses an overlong one, and one with a NUL, which no database keeps.</summary>
    /// <exception cref="BadCommandException">It is.</exception>
    public static void Limit(WorkflowLimits limits, string? value, string what, WorkflowTaskFailedCause cause)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > limits.IdLength)
        {
            throw new BadCommandException(cause, $"The {what} exceeds the length limit of {limits.IdLength}.");
        }

        if (value?.Contains('\0', StringComparison.Ordinal) ?? false)
        {
            throw new BadCommandException(cause, $"The {what} has a NUL character.");
        }
    }
}
