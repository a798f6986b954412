using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>An action that is taken again and again.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Spec">When.</param>
public record Schedule(ScheduleAction Action, ScheduleSpec Spec)
{
    /// <summary>What happens where actions overlap, are missed or fail.</summary>
    public SchedulePolicy Policy { get; init; } = new();

    /// <summary>Whether it is paused, and how many actions are left.</summary>
    public ScheduleState State { get; init; } = new();

    internal static async Task<Schedule> FromProtoAsync(
        Api.Schedule.V1.Schedule proto, string clientNamespace, DataConverter converter) => new(
            await ScheduleAction.FromProtoAsync(proto.Action, clientNamespace, converter).ConfigureAwait(false),
            ScheduleSpec.FromProto(proto.Spec ?? new()))
        {
            Policy = SchedulePolicy.FromProto(proto.Policies ?? new()),
            State = ScheduleState.FromProto(proto.State ?? new()),
        };

    internal async Task<Api.Schedule.V1.Schedule> ToProtoAsync(string clientNamespace, DataConverter converter) => new()
    {
        Spec = Spec.ToProto(),
        Action = await Action.ToProtoAsync(clientNamespace, converter).ConfigureAwait(false),
        Policies = Policy.ToProto(),
        State = State.ToProto(),
    };
}
