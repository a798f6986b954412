using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>RECORD_MARKER.</summary>
internal static class MarkerCommands
{
    /// <summary>Records what the SDK wants to find again in replay.</summary>
    public static void Record(CommandScope scope, Command command)
    {
        var attributes = command.RecordMarkerCommandAttributes;
        Ids.Require(scope.Limits, attributes.MarkerName, "marker name", WorkflowTaskFailedCause.BadRecordMarkerAttributes);
        var marker = new MarkerRecordedEventAttributes
        {
            MarkerName = attributes.MarkerName,
            Header = attributes.Header,
            Failure = attributes.Failure,
            WorkflowTaskCompletedEventId = scope.CompletedEventId,
        };
        marker.Details.Add(attributes.Details);
        scope.Add(command, new HistoryEvent { MarkerRecordedEventAttributes = marker });
    }
}
