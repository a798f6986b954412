namespace Temporalio.Common;

/// <summary>Which tasks of a task queue come first.</summary>
public sealed record Priority
{
    /// <summary>A priority.</summary>
    /// <param name="priorityKey">1 and up, the lowest first; null for the server's default.</param>
    /// <param name="fairnessKey">Key among which tasks are shared out evenly.</param>
    /// <param name="fairnessWeight">Weight of that key.</param>
    public Priority(int? priorityKey = null, string? fairnessKey = null, float? fairnessWeight = null)
    {
        PriorityKey = priorityKey;
        FairnessKey = fairnessKey;
        FairnessWeight = fairnessWeight;
    }

    internal Priority(Api.Common.V1.Priority? priority)
        : this(
            priority is { PriorityKey: not 0 } ? priority.PriorityKey : null,
            priority is { FairnessKey.Length: > 0 } ? priority.FairnessKey : null,
            priority is { FairnessWeight: not 0 } ? priority.FairnessWeight : null)
    {
    }

    /// <summary>Nothing said.</summary>
    public static Priority Default { get; } = new();

    /// <summary>1 and up, the lowest first; null for the server's default.</summary>
    public int? PriorityKey { get; init; }

    /// <summary>Key among which tasks are shared out evenly.</summary>
    public string? FairnessKey { get; init; }

    /// <summary>Weight of that key.</summary>
    public float? FairnessWeight { get; init; }

    internal Api.Common.V1.Priority ToProto() => new()
    {
        PriorityKey = PriorityKey ?? 0,
        FairnessKey = FairnessKey ?? string.Empty,
        FairnessWeight = FairnessWeight ?? 0,
    };
}
