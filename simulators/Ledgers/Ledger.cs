using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Ledgers;

/// <summary>
/// An append-only file of JSON lines: what is in it happened, what is not did not. An entry counts once it is on the disk,
/// so whoever answers a request waits for <see cref="AppendAsync"/> first. One process at a time may hold a ledger.
/// </summary>
internal sealed class Ledger<TEntry> : IAsyncDisposable
    where TEntry : class
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream file;
    private readonly FileStream exclusion;
    private readonly Channel<(byte[] Line, TaskCompletionSource Durable)> waiting = Channel.CreateBounded<(byte[], TaskCompletionSource)>(
        new BoundedChannelOptions(100_000) { SingleReader = true }
    );
    private readonly Task writer;
    private volatile Exception? broken;

    private Ledger(FileStream file, FileStream exclusion, IReadOnlyList<TEntry> recovered, bool repaired)
    {
        this.file = file;
        this.exclusion = exclusion;
        Recovered = recovered;
        Repaired = repaired;
        writer = Task.Run(WriteAsync);
    }

    /// <summary>Everything that the file held when it was opened, oldest first.</summary>
    public IReadOnlyList<TEntry> Recovered { get; }

    /// <summary>Whether a torn last line, the trace of a killed process, was cut off. Nobody was ever told of it.</summary>
    public bool Repaired { get; }

    /// <summary>Opens or creates the ledger at <paramref name="path"/> and reads what it holds.</summary>
    /// <exception cref="ConfigurationException">The file cannot be used, is held by another process, or is damaged other than at its
    /// end.</exception>
    public static Ledger<TEntry> Open(string path)
    {
        FileStream? exclusion = null;
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // The lock is on a file beside it, so that anybody may read the ledger while it is in use.
            exclusion = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 1);
            var recovered = Read(file, path, out var sound);
            var repaired = sound < file.Length;
            if (repaired)
            {
                file.SetLength(sound);
                file.Flush(flushToDisk: true);
            }

            file.Seek(sound, SeekOrigin.Begin);
            return new Ledger<TEntry>(file, exclusion, recovered, repaired);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            file?.Dispose();
            exclusion?.Dispose();
            throw failure as ConfigurationException ?? new ConfigurationException($"the ledger {path} cannot be used: {failure.Message}");
        }
    }

    /// <summary>
    /// What the ledger at <paramref name="path"/> holds now, whoever writes it; a line that is half written is not in it.
    /// </summary>
    /// <exception cref="ConfigurationException">It is damaged.</exception>
    public static IReadOnlyList<TEntry> Look(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(file, path, out _);
    }

    /// <summary>Adds an entry. Entries are written in the order of the calls; the task ends when this one is on the disk.</summary>
    /// <exception cref="IOException">The ledger could not be written, now or before; nothing may be promised any more.</exception>
    public Task AppendAsync(TEntry entry)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(entry, Format);
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!waiting.Writer.TryWrite(([.. line, (byte)'\n'], durable)))
        {
            durable.SetException(
                new IOException(
                    broken is { } cause ? $"The ledger is broken: {cause.Message}" : "The ledger is closed or its queue is full."
                )
            );
        }

        return durable.Task;
    }

    /// <summary>Writes what is waiting, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await writer;
        await file.DisposeAsync();
        await exclusion.DisposeAsync();
    }

    private static List<TEntry> Read(FileStream file, string path, out long sound)
    {
        var entries = new List<TEntry>();
        sound = 0;
        var content = new byte[file.Length];
        file.ReadExactly(content);
        for (var start = 0; start < content.Length;)
        {
            var length = content.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            var line = content.AsSpan(start, length);
            start += length + 1;
            try
            {
                entries.Add(JsonSerializer.Deserialize<TEntry>(line, Format) ?? throw new JsonException("The line is null."));
            }
            catch (Exception failure) when (failure is JsonException or NotSupportedException)
            {
                if (start >= content.Length)
                {
                    break;
                }

                throw new ConfigurationException(
                    $"the ledger {path} is damaged at line {entries.Count + 1}: {Encoding.UTF8.GetString(line[..Math.Min(80, line.Length)])}"
                );
            }

            sound = start;
        }

        return entries;
    }

    // One write and one fsync for everything that has gathered while the disk was busy.
    private async Task WriteAsync()
    {
        var batch = new List<TaskCompletionSource>();
        using var lines = new MemoryStream();
        while (await waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            lines.SetLength(0);
            while (batch.Count < 1_000 && waiting.Reader.TryRead(out var entry))
            {
                lines.Write(entry.Line);
                batch.Add(entry.Durable);
            }

            try
            {
                if (broken is { } cause)
                {
                    throw new IOException($"The ledger is broken: {cause.Message}");
                }

                file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
                file.Flush(flushToDisk: true);
                batch.ForEach(durable => durable.SetResult());
            }
            catch (IOException failure)
            {
                // After a failed write the file's end is unknown, so nothing more is promised until a restart has read it.
                broken ??= failure;
                batch.ForEach(durable => durable.SetException(failure));
            }
        }
    }
}
