using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Temporal.Server.Store.Postgres;

/// <summary>
/// One SQL statement, prepared on one connection, that writes a whole batch in one round trip and one transaction. It takes effect only
/// if the server still owns the database and this batch's number is new, so that sending it again after a lost connection is safe even
/// while the first copy is still running; each commit's conditions are checked by themselves.
/// </summary>
internal sealed class CommitStatement : IAsyncDisposable
{
    // Order of the parameters: slot, epoch, batch; the batch's writes by column; then events, workflow ids, deletions.
    private static readonly int FirstEvents = 3 + 1 + RunColumn.All.Count;

    private static readonly string Sql = $$"""
        with written as (
            select * from unnest({{Numbered(4, 1 + RunColumn.All.Count)}}) as w (commit, {{RunColumn.Names}})
        ), appended as (
            select * from unnest({{Numbered(FirstEvents + 1, 5)}}) as e (commit, run_id, first_event_id, event_count, data)
        ), pointed as (
            select * from unnest({{Numbered(FirstEvents + 6, 5)}}) as p (commit, namespace_id, workflow_id, run_id, expected_run_id)
        ), deleted as (
            select * from unnest({{Numbered(FirstEvents + 11, 3)}}) as d (namespace_id, workflow_id, run_id)
        ), conflicts as (
            select w.commit, format('Run %s has version %s, not %s.', w.run_id, coalesce(r.version, 0), w.version - 1) as reason
            from written w left join temporal.runs r on r.run_id = w.run_id
            where coalesce(r.version, 0) <> w.version - 1
            union all
            select p.commit, format('Workflow %s has current run %s, not %s.', p.workflow_id, coalesce(c.run_id::text, 'none'), coalesce(p.expected_run_id::text, 'none'))
            from pointed p left join temporal.current_runs c on c.namespace_id = p.namespace_id and c.workflow_id = p.workflow_id
            where c.run_id is distinct from p.expected_run_id
        ), owned as (
            update temporal.committers
            set batch = $3, conflicts = (select coalesce(json_object_agg(commit, reason), '{}') from conflicts)
            where slot = $1 and epoch = $2 and batch < $3
            returning conflicts
        ), refused as materialized (
            select coalesce(array_agg(commit), '{}') as commits from conflicts
        ), runs as (
            insert into temporal.runs ({{RunColumn.Names}})
            select {{RunColumn.Names}} from written
            where exists (select from owned) and commit <> all ((select commits from refused)::integer[])
            on conflict (run_id) do update set {{RunColumn.Replacements}}
        ), events as (
            insert into temporal.events (run_id, first_event_id, event_count, data)
            select run_id, first_event_id, event_count, data from appended
            where exists (select from owned) and commit <> all ((select commits from refused)::integer[])
        ), current_runs as (
            insert into temporal.current_runs (namespace_id, workflow_id, run_id)
            select namespace_id, workflow_id, run_id from pointed
            where exists (select from owned) and commit <> all ((select commits from refused)::integer[])
            on conflict (namespace_id, workflow_id) do update set run_id = excluded.run_id
        ), deleted_runs as (
            delete from temporal.runs r using deleted d
            where r.run_id = d.run_id and r.namespace_id = d.namespace_id and exists (select from owned)
        ), deleted_events as (
            delete from temporal.events e using deleted d
            where e.run_id = d.run_id and exists (select from owned)
        ), deleted_current_runs as (
            delete from temporal.current_runs c using deleted d
            where c.namespace_id = d.namespace_id and c.workflow_id = d.workflow_id and c.run_id = d.run_id and exists (select from owned)
        )
        select conflicts::text from owned
        """;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly NpgsqlCommand last;

    private CommitStatement(NpgsqlConnection connection)
    {
        this.connection = connection;
        command = new NpgsqlCommand(Sql, connection);
        NpgsqlDbType[] types =
        [
            NpgsqlDbType.Smallint,
            NpgsqlDbType.Bigint,
            NpgsqlDbType.Bigint,
            Many(NpgsqlDbType.Integer),
            .. RunColumn.All.Select(column => column.ArrayType),
            Many(NpgsqlDbType.Integer),
            Many(NpgsqlDbType.Uuid),
            Many(NpgsqlDbType.Bigint),
            Many(NpgsqlDbType.Integer),
            Many(NpgsqlDbType.Bytea),
            Many(NpgsqlDbType.Integer),
            Many(NpgsqlDbType.Uuid),
            Many(NpgsqlDbType.Text),
            Many(NpgsqlDbType.Uuid),
            Many(NpgsqlDbType.Uuid),
            Many(NpgsqlDbType.Uuid),
            Many(NpgsqlDbType.Text),
            Many(NpgsqlDbType.Uuid),
        ];
        foreach (var type in types)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        last = new NpgsqlCommand("select epoch, batch, conflicts::text from temporal.committers where slot = $1", connection)
        {
            Parameters = { new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Smallint } },
        };
    }

    /// <summary>Opens a connection for nothing but this.</summary>
    public static async Task<CommitStatement> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Acknowledged means durable, whatever the database's default. And the plan must not depend on statistics: a table that was
            // empty when it was planned would be read from end to end for each batch.
            await using var settings = new NpgsqlCommand(
                """
                select set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false);
                set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off; set plan_cache_mode = force_generic_plan;
                """,
                connection
            );
            await settings.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            var statement = new CommitStatement(connection);
            await statement.command.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return statement;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a batch.</summary>
    /// <param name="slot">The committer.</param>
    /// <param name="epoch">The owner's epoch.</param>
    /// <param name="number">The batch's number, larger than the last one's.</param>
    /// <param name="commits">The commits with what tells them apart in the outcome.</param>
    /// <param name="cancellationToken">Gives up; the outcome is then unknown.</param>
    /// <returns>What became of it, also when an earlier copy of it was written.</returns>
    public async Task<BatchOutcome> WriteAsync(
        short slot,
        long epoch,
        long number,
        IReadOnlyList<(int Id, PendingCommit Pending)> commits,
        CancellationToken cancellationToken
    )
    {
        Bind(slot, epoch, number, commits);
        if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is string conflicts)
        {
            return BatchOutcome.Written(Parse(conflicts));
        }

        last.Parameters[0].Value = slot;
        await using var reader = await last.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.GetInt64(0) == epoch && reader.GetInt64(1) == number
            ? BatchOutcome.Written(Parse(reader.GetString(2)))
            : BatchOutcome.Fenced;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await command.DisposeAsync().ConfigureAwait(false);
        await last.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Bind(short slot, long epoch, long number, IReadOnlyList<(int Id, PendingCommit Pending)> commits)
    {
        var writes = commits.SelectMany(item => item.Pending.Commit?.Runs.Select(write => (item.Id, Write: write)) ?? []).ToList();
        var runs = writes.ConvertAll(item => item.Write);
        var events = writes
            .SelectMany(item => item.Write.Events.Select(batch => (item.Id, Run: Guid.Parse(item.Write.Run.RunId), Batch: batch)))
            .ToList();
        var pointers = commits
            .SelectMany(item => item.Pending.Commit?.CurrentRuns.Select(current => (item.Id, Current: current)) ?? [])
            .ToList();
        var deleted = commits.Where(item => item.Pending.Deleted is not null).Select(item => item.Pending.Deleted!.Value).ToList();
        object[] values =
        [
            slot,
            epoch,
            number,
            writes.Select(item => item.Id).ToArray(),
            .. RunColumn.All.Select(column => column.Values(runs)),
            events.Select(item => item.Id).ToArray(),
            events.Select(item => item.Run).ToArray(),
            events.Select(item => item.Batch.FirstEventId).ToArray(),
            events.Select(item => item.Batch.Count).ToArray(),
            events.Select(item => RunColumn.Bytes(item.Batch.Data)).ToArray(),
            pointers.Select(item => item.Id).ToArray(),
            pointers.Select(item => Guid.Parse(item.Current.NamespaceId)).ToArray(),
            pointers.Select(item => item.Current.WorkflowId).ToArray(),
            pointers.Select(item => Guid.Parse(item.Current.RunId)).ToArray(),
            pointers.Select(item => item.Current.ExpectedRunId is { } expected ? Guid.Parse(expected) : (Guid?)null).ToArray(),
            deleted.Select(run => Guid.Parse(run.NamespaceId)).ToArray(),
            deleted.Select(run => run.WorkflowId).ToArray(),
            deleted.Select(run => Guid.Parse(run.RunId)).ToArray(),
        ];
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private static Dictionary<int, string> Parse(string conflicts) =>
        conflicts == "{}" ? [] : JsonSerializer.Deserialize<Dictionary<int, string>>(conflicts)!;

    private static NpgsqlDbType Many(NpgsqlDbType type) => NpgsqlDbType.Array | type;

    private static string Numbered(int first, int count) =>
        string.Join(", ", Enumerable.Range(first, count).Select(number => $"${number}"));
}
