using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>What a schedule does: <see cref="ScheduleActionStartWorkflow" />.</summary>
public abstract record ScheduleAction
{
    /// <exception cref="InvalidOperationException">The server knows an action that this library does not.</exception>
    internal static async Task<ScheduleAction> FromProtoAsync(
        Api.Schedule.V1.ScheduleAction proto, string clientNamespace, DataConverter converter) => proto.StartWorkflow is { } start
            ? await ScheduleActionStartWorkflow.FromProtoAsync(start, clientNamespace, converter).ConfigureAwait(false)
            : throw new InvalidOperationException($"Unsupported action {proto.ActionCase}");

    /// <exception cref="ArgumentException">It has options that scheduled actions cannot have.</exception>
    internal abstract Task<Api.Schedule.V1.ScheduleAction> ToProtoAsync(string clientNamespace, DataConverter converter);
}
