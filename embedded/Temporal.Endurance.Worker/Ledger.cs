using System.Diagnostics;
using System.Text.Json;

namespace Temporal.Endurance.Worker;

/// <summary>
/// What the outside world saw: one line an entry, handed to the operating system before the caller goes on, so that a kill loses none.
/// </summary>
public sealed class Ledger : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;

    /// <summary>Opens a ledger, and goes on where it ends.</summary>
    public Ledger(string path) => file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>All entries of a ledger.</summary>
    public static IReadOnlyList<LedgerEntry> Read(string path) =>
        [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<LedgerEntry>(line)!)];

    /// <summary>Writes an entry down.</summary>
    public void Write(LedgerEntryKind kind, string runId, string activityId, int step)
    {
        lock (gate)
        {
            // Unbuffered, so the whole line is one write.
            file.Write([
                .. JsonSerializer.SerializeToUtf8Bytes(new LedgerEntry(Stopwatch.GetTimestamp(), kind, runId, activityId, step)),
                (byte)'\n',
            ]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
