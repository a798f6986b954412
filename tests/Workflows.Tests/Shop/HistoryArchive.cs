using System.IO.Compression;
using TemporalDelivery.Tests.Postgres;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// The histories of what these tests play, one of each course of events, as every version since 1.0.0 has written them:
/// <c>RECORD_HISTORIES=1.1.0</c> while the tests run writes those of a new version. Those of an old one are never written anew.
/// </summary>
internal static class HistoryArchive
{
    private static readonly string Folder = Path.Combine(PostgresServer.RepositoryRoot, "tests/Workflows.Tests/Histories");
    private static readonly string? Recorded = Environment.GetEnvironmentVariable("RECORD_HISTORIES");
    private static readonly HashSet<string> Courses = [];
    private static readonly Lock Writing = new();

    /// <summary>The versions of which there are histories.</summary>
    public static IEnumerable<string> Versions =>
        Directory.GetFiles(Folder, "*.zip").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>The histories of a version; the name of each begins with its workflow's type.</summary>
    public static IReadOnlyList<WorkflowHistory> Read(string version)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Folder, $"{version}.zip"));
        return
        [
            .. archive.Entries.Select(entry =>
            {
                using var reader = new StreamReader(entry.Open());
                return WorkflowHistory.FromJson(entry.Name, reader.ReadToEnd());
            }),
        ];
    }

    /// <summary>Writes the history down when histories are recorded and none before it took this course.</summary>
    public static void Keep(WorkflowHistory history)
    {
        if (Recorded is null)
        {
            return;
        }

        lock (Writing)
        {
            if (Courses.Add(Course(history)))
            {
                using var archive = ZipFile.Open(Path.Combine(Folder, $"{Recorded}.zip"), ZipArchiveMode.Update);
                var type = history.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name;
                using var writer = new StreamWriter(
                    archive.CreateEntry($"{type}-{Courses.Count:000}.json", CompressionLevel.SmallestSize).Open()
                );
                // A failure's stack trace names the files of the machine that it happened on.
                writer.Write(history.ToJson().Replace($"{PostgresServer.RepositoryRoot}/", string.Empty, StringComparison.Ordinal));
            }
        }
    }

    // What happened, without ids and times, and without how often a worker looked at it.
    private static string Course(WorkflowHistory history) =>
        string.Join(' ', history.Events.Select(Step).Where(step => !step.StartsWith("WorkflowTask", StringComparison.Ordinal)));

    private static string Step(HistoryEvent happened) =>
        happened.EventType switch
        {
            EventType.WorkflowExecutionStarted => happened.WorkflowExecutionStartedEventAttributes.WorkflowType.Name,
            EventType.ActivityTaskScheduled => happened.ActivityTaskScheduledEventAttributes.ActivityType.Name,
            EventType.ActivityTaskFailed => $"failed:{TypeOf(happened.ActivityTaskFailedEventAttributes.Failure)}",
            EventType.WorkflowExecutionSignaled => happened.WorkflowExecutionSignaledEventAttributes.SignalName,
            EventType.WorkflowExecutionUpdateAccepted => Update(happened.WorkflowExecutionUpdateAcceptedEventAttributes),
            EventType.WorkflowExecutionFailed => $"failed:{TypeOf(happened.WorkflowExecutionFailedEventAttributes.Failure)}",
            _ => happened.EventType.ToString(),
        };

    // A run that was reset has the updates of the run before it without their requests.
    private static string Update(WorkflowExecutionUpdateAcceptedEventAttributes accepted) =>
        accepted.AcceptedRequest?.Input.Name ?? "an update of the run before";

    private static string? TypeOf(Failure failure) => failure.ApplicationFailureInfo?.Type ?? failure.Cause?.ApplicationFailureInfo?.Type;
}
