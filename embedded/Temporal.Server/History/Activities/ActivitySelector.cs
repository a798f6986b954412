using Temporal.Server.History.State;
using Temporal.Server.Rpc;

namespace Temporal.Server.History.Activities;

/// <summary>Which open activities of a run an operation means: one by its id, those of a type, or all.</summary>
/// <param name="Id">The activity id, or null.</param>
/// <param name="Type">The activity type, or null; all activities when both are null.</param>
internal readonly record struct ActivitySelector(string? Id, string? Type)
{
    /// <summary>The activities meant; never none.</summary>
    /// <exception cref="RpcException">NotFound: the run is closed, or has no such activity.</exception>
    public IReadOnlyList<ActivityState> Of(Transition t)
    {
        Signals.RequireOpen(t);
        var (id, type) = (Id, Type);
        List<ActivityState> selected =
        [
            .. t.State.Activities.Values.Where(activity =>
                (id is null || activity.Attributes.ActivityId == id) && (type is null || activity.Attributes.ActivityType.Name == type)
            ),
        ];
        return selected.Count > 0
            ? selected
            : throw RpcException.NotFound("Can't find pending activity with such ID. Invalid activityID or activity already completed");
    }
}
