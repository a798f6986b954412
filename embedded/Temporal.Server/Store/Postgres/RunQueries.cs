using System.Runtime.CompilerServices;
using Npgsql;

namespace Temporal.Server.Store.Postgres;

/// <summary>Reads runs. Each method is one statement, so that a run is never seen half before and half after a commit.</summary>
internal static class RunQueries
{
    public static async Task<StoredRun?> LoadAsync(
        NpgsqlConnection connection,
        Guid namespaceId,
        Guid runId,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            select r.workflow_id, r.version, r.side_record, e.firsts, e.counts, e.data
            from temporal.runs r
            cross join lateral (
                select array_agg(first_event_id order by first_event_id) as firsts,
                       array_agg(event_count order by first_event_id) as counts,
                       array_agg(data order by first_event_id) as data
                from temporal.events where run_id = r.run_id
            ) e
            where r.run_id = $1 and r.namespace_id = $2
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = runId },
                new() { Value = namespaceId },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var events = reader.IsDBNull(3)
            ? []
            : Batches(reader.GetFieldValue<long[]>(3), reader.GetFieldValue<int[]>(4), reader.GetFieldValue<byte[][]>(5));
        return new StoredRun(
            new RunKey(namespaceId.ToString(), reader.GetString(0), runId.ToString()),
            reader.GetInt64(1),
            events,
            reader.GetFieldValue<byte[]>(2)
        );
    }

    public static async Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(
        NpgsqlConnection connection,
        Guid runId,
        long firstEventId,
        long lastEventId,
        CancellationToken cancellationToken
    )
    {
        // The first batch wanted is the last one that begins at or before the first event wanted.
        await using var command = new NpgsqlCommand(
            """
            select first_event_id, event_count, data from temporal.events
            where run_id = $1 and first_event_id <= $3
              and first_event_id >= coalesce((select max(first_event_id) from temporal.events where run_id = $1 and first_event_id <= $2), 0)
              and first_event_id + event_count > $2
            order by first_event_id
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = runId },
                new() { Value = firstEventId },
                new() { Value = lastEventId },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var batches = new List<EventBatch>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            batches.Add(new EventBatch(reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2)));
        }

        return batches;
    }

    public static async IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync(
        NpgsqlConnection connection,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // As long as the reader takes: it stops when it is told to, not when it is slow.
        await using var command = new NpgsqlCommand(
            """
            select run_id, namespace_id, workflow_id, next_wake, outstanding
            from temporal.runs
            where live and (next_wake is not null or outstanding is not null)
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new OutstandingRun(
                new RunKey(reader.GetGuid(1).ToString(), reader.GetString(2), reader.GetGuid(0).ToString()),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                reader.IsDBNull(4) ? (ReadOnlyMemory<byte>?)null : reader.GetFieldValue<byte[]>(4)
            );
        }
    }

    public static async Task<IReadOnlyList<RunKey>> ReadExpiredAsync(
        NpgsqlConnection connection,
        Guid namespaceId,
        DateTimeOffset closedBefore,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // In the order of runs_by_time, in which the open runs come last.
        await using var command = new NpgsqlCommand(
            """
            select workflow_id, run_id from temporal.runs
            where namespace_id = $1 and coalesce(close_time, 'infinity') < $2 and not live
            order by coalesce(close_time, 'infinity'), start_time, run_id
            limit $3
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = namespaceId },
                new() { Value = closedBefore.UtcDateTime },
                new() { Value = limit },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var runs = new List<RunKey>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            runs.Add(new RunKey(namespaceId.ToString(), reader.GetString(0), reader.GetGuid(1).ToString()));
        }

        return runs;
    }

    private static EventBatch[] Batches(long[] firsts, int[] counts, byte[][] data)
    {
        var batches = new EventBatch[firsts.Length];
        for (var i = 0; i < batches.Length; i++)
        {
            batches[i] = new EventBatch(firsts[i], counts[i], data[i]);
        }

        return batches;
    }
}
