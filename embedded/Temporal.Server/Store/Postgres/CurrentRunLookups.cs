using Npgsql;
using NpgsqlTypes;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Answers which run a workflow id means, for many callers with one statement: nearly every call asks that. A question that finds
/// nobody asking goes at once; those that come meanwhile go together.
/// </summary>
internal sealed class CurrentRunLookups(Reads reads)
{
    private const int StatementsInFlight = 2;
    private const int LookupsTogether = 500;

    private readonly Lock gate = new();
    private readonly Queue<Lookup> waiting = new();
    private int inFlight;

    /// <summary>The current run as of now or later, or null.</summary>
    /// <exception cref="Rpc.RpcException">Unavailable: the database is away for too long.</exception>
    public Task<CurrentRun?> FindAsync(Guid namespaceId, string workflowId, CancellationToken cancellationToken)
    {
        var lookup = new Lookup(namespaceId, workflowId);
        var isFirst = false;
        lock (gate)
        {
            waiting.Enqueue(lookup);
            if (inFlight < StatementsInFlight)
            {
                inFlight++;
                isFirst = true;
            }
        }

        if (isFirst)
        {
            _ = AnswerAsync();
        }

        return lookup.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AnswerAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var found = await reads
                    .RunAsync((connection, token) => ReadAsync(connection, batch, token), CancellationToken.None)
                    .ConfigureAwait(false);
                foreach (var (index, lookup) in batch.Index())
                {
                    lookup.Answer.SetResult(found[index]);
                }
            }
            catch (Exception error)
            {
                foreach (var lookup in batch)
                {
                    lookup.Answer.TrySetException(error);
                }
            }
        }
    }

    private List<Lookup> Take()
    {
        lock (gate)
        {
            var batch = new List<Lookup>();
            while (batch.Count < LookupsTogether && waiting.TryDequeue(out var lookup))
            {
                batch.Add(lookup);
            }

            if (batch.Count == 0)
            {
                inFlight--;
            }

            return batch;
        }
    }

    private static async Task<CurrentRun?[]> ReadAsync(NpgsqlConnection connection, List<Lookup> batch, CancellationToken cancellationToken)
    {
        // The limit keeps it one index look-up for each question, whatever the planner believes about the tables' sizes.
        await using var command = new NpgsqlCommand(
            """
            select q.number, f.run_id, f.first_run_id, f.start_request_id, f.status
            from unnest($1, $2) with ordinality as q (namespace_id, workflow_id, number)
            cross join lateral (
                select r.run_id, r.first_run_id, r.start_request_id, r.status
                from temporal.current_runs c join temporal.runs r on r.run_id = c.run_id
                where c.namespace_id = q.namespace_id and c.workflow_id = q.workflow_id
                limit 1
            ) f
            """,
            connection
        )
        {
            Parameters =
            {
                new()
                {
                    Value = batch.Select(lookup => lookup.NamespaceId).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                },
                new()
                {
                    Value = batch.Select(lookup => lookup.WorkflowId).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
            },
        };
        var found = new CurrentRun?[batch.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            found[reader.GetInt64(0) - 1] = new CurrentRun(
                reader.GetGuid(1).ToString(),
                reader.GetString(2),
                reader.GetString(3),
                (WorkflowExecutionStatus)reader.GetInt16(4)
            );
        }

        return found;
    }

    private sealed record Lookup(Guid NamespaceId, string WorkflowId)
    {
        public TaskCompletionSource<CurrentRun?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
