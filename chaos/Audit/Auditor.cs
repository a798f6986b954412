using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace TemporalDelivery.Chaos.Audit;

/// <summary>
/// Asks the product's database and the ledgers of the outside world whether every rule holds. It believes no workflow and no answer of the
/// API.
/// </summary>
internal static class Auditor
{
    /// <summary>Everything that is not as the rules say.</summary>
    public static async Task<IReadOnlyList<Difference>> AuditAsync(
        NpgsqlConnection connection,
        Evidence evidence,
        CancellationToken cancellationToken
    )
    {
        await OpenBooksAsync(connection, evidence, cancellationToken);
        var differences = new List<Difference>();
        foreach (var rule in Rule.All)
        {
            foreach (var (subject, expected, found) in await AskAsync(connection, rule, cancellationToken))
            {
                var difference = new Difference(rule.Name, subject, expected, found);
                differences.Add(difference);
                await connection.ExecuteAsync("insert into differences (rule, subject) values (@Rule, @Subject)", difference);
            }
        }

        return differences;
    }

    private static async Task<IReadOnlyList<(string, string, string)>> AskAsync(
        NpgsqlConnection connection,
        Rule rule,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(rule.Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string, string, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return rows;
    }

    private static async Task OpenBooksAsync(NpgsqlConnection connection, Evidence evidence, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(await BooksAsync(cancellationToken), cancellationToken: cancellationToken));
        await CopyAsync(connection, "payment_lines", evidence.PaymentsLedger, cancellationToken);
        await CopyAsync(connection, "partner_lines", evidence.PartnerLedger, cancellationToken);
        await connection.ExecuteAsync(
            "insert into planned values (@OrderId, @Kind, @Ends, @IsDisputed)",
            evidence.Placed.Select(order => new
            {
                order.OrderId,
                order.Kind,
                Ends = order.Ends.ToArray(),
                order.IsDisputed,
            })
        );
        await connection.ExecuteAsync(
            "insert into meddled values (@Act, @WorkflowId)",
            evidence.Meddled.Select(one => new { Act = one.Act.ToString(), one.WorkflowId })
        );
        await connection.ExecuteAsync(
            "insert into subscriptions values (@Reader, @Receiver, @Topics)",
            evidence.Subscriptions.Select(one => new
            {
                one.Reader,
                one.Receiver,
                Topics = one.Topics.ToArray(),
            })
        );
        await connection.ExecuteAsync(
            """
            insert into received
            select * from unnest(@Readers, @Receivers, @Turns, @MessageIds, @EventIds, @Contents::jsonb[], @Signed)
            """,
            new
            {
                Readers = evidence.Received.Select(message => message.Reader).ToArray(),
                Receivers = evidence.Received.Select(message => message.Receiver).ToArray(),
                Turns = evidence.Received.Select(message => message.Turn).ToArray(),
                MessageIds = evidence.Received.Select(message => message.MessageId).ToArray(),
                EventIds = evidence.Received.Select(message => message.EventId).ToArray(),
                Contents = evidence.Received.Select(message => message.Content).ToArray(),
                Signed = evidence.Received.Select(message => message.IsSigned).ToArray(),
            }
        );
        await connection.ExecuteAsync("insert into stock_before values (@Key, @Value)", evidence.StockBefore);
        await connection.ExecuteAsync(
            """
            insert into running select unnest(@Running);
            insert into accountable select unnest(@Tasks);
            insert into reminding values (@RemindAfter);
            analyze payment_lines, partner_lines, received
            """,
            new
            {
                Running = evidence.Running.ToArray(),
                Tasks = evidence.AccountableTasks.ToArray(),
                evidence.RemindAfter,
            }
        );
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, string ledger, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)", cancellationToken);
        await foreach (var line in File.ReadLinesAsync(ledger, cancellationToken))
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(line, NpgsqlDbType.Jsonb, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task<string> BooksAsync(CancellationToken cancellationToken)
    {
        await using var stream = typeof(Auditor).Assembly.GetManifestResourceStream("Books.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
