using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.History.V1;

namespace Temporalio.Common;

/// <summary>The history of one workflow run.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="Events">The events, in order.</param>
public record WorkflowHistory(string Id, IReadOnlyCollection<HistoryEvent> Events)
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Reads the JSON that servers, user interfaces and command-line tools write, short enum names included.</summary>
    /// <exception cref="ArgumentException">It is not a history.</exception>
    public static WorkflowHistory FromJson(string workflowId, string json)
    {
        try
        {
            return new(workflowId, Parser.Parse<History>(HistoryJson.Normalize(json)).Events);
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException)
        {
            throw new ArgumentException($"The JSON given for workflow {workflowId} is not a history: {e.Message}", nameof(json), e);
        }
    }

    /// <summary>Writes it as the JSON form of the protobuf message.</summary>
    public string ToJson() => JsonFormatter.Default.Format(new History { Events = { Events } });

    /// <summary>Writes it as the JSON form of the protobuf message.</summary>
    public void ToJson(TextWriter writer) => JsonFormatter.Default.Format(new History { Events = { Events } }, writer);
}
