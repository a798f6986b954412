using Dapper;
using Npgsql;
using TemporalDelivery.Workflows.Reconciliation;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>What the last passes have found.</summary>
public sealed class ReconciliationReports(NpgsqlDataSource source)
{
    private const int Kept = 1_000;

    /// <summary>Keeps a report, once, and forgets the oldest.</summary>
    public async Task RecordAsync(ReconciliationReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                insert into orders.reconciliations (run_id, finished_at, report)
                values (@Id, @FinishedAt, @Report::jsonb)
                on conflict (run_id) do nothing;

                delete from orders.reconciliations
                where finished_at < (select finished_at from orders.reconciliations order by finished_at desc offset {Kept} limit 1)
                """,
                new
                {
                    report.Id,
                    report.FinishedAt,
                    Report = Json.Write(report),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The last reports, the latest first.</summary>
    public async Task<IReadOnlyList<ReconciliationReport>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<string>(
            new CommandDefinition(
                "select report::text from orders.reconciliations order by finished_at desc limit @limit",
                new { limit },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(Json.Read<ReconciliationReport>)];
    }
}
