using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>Forgets what was settled long ago, the oldest first and a batch at a time, so that no table grows for ever.</summary>
public sealed class ExpiredRecords(NpgsqlDataSource source)
{
    /// <summary>Forgets requests with an idempotency key that came before <paramref name="age"/>, and their answers.</summary>
    /// <returns>How many those were; when as many as <paramref name="limit"/>, there may be more.</returns>
    public Task<int> ForgetKeysAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(KeysSql, age, limit, cancellationToken);

    /// <summary>Forgets events of others that were settled before <paramref name="age"/>.</summary>
    /// <inheritdoc cref="ForgetKeysAsync"/>
    public Task<int> ForgetInboxAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(InboxSql, age, limit, cancellationToken);

    /// <summary>
    /// Forgets events for others that were published before <paramref name="age"/> and that every reader has passed. The last one stays,
    /// because the next gets its position from it, and so does what a reader has parked.
    /// </summary>
    /// <inheritdoc cref="ForgetKeysAsync"/>
    public Task<int> ForgetOutboxAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(OutboxSql, age, limit, cancellationToken);

    /// <summary>Forgets operator tasks that were closed before <paramref name="age"/>, and all that happened to them.</summary>
    /// <inheritdoc cref="ForgetKeysAsync"/>
    public Task<int> ForgetTasksAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(TasksSql, age, limit, cancellationToken);

    /// <summary>Forgets mails that were sent, or given up, before <paramref name="age"/>.</summary>
    /// <inheritdoc cref="ForgetKeysAsync"/>
    public Task<int> ForgetMailsAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(MailsSql, age, limit, cancellationToken);

    internal const string KeysSql = """
        delete from orders.idempotency_keys
        where ctid = any(array(
            select ctid from orders.idempotency_keys where created_at < now() - @age order by created_at limit @limit))
        """;

    internal const string InboxSql = """
        delete from messages.inbox
        where inbox_id = any(array(
            select inbox_id from messages.inbox where handled_at < now() - @age order by handled_at limit @limit))
        """;

    internal const string OutboxSql = """
        delete from messages.outbox
        where outbox_id = any(array(
            select outbox_id
            from (
                select outbox_id, position, published_at from messages.outbox where position is not null order by position limit @limit
            ) oldest
            where published_at < now() - @age and position < (select max(position) from messages.outbox)
                and position <= all (select position from messages.readers)
                and not exists (select from messages.parked p where p.position = oldest.position)))
        """;

    internal const string TasksSql = """
        delete from orders.operator_tasks
        where task_id = any(array(
            select task_id from orders.operator_tasks where closed_at < now() - @age order by closed_at limit @limit))
        """;

    internal const string MailsSql = """
        delete from messages.mails
        where mail_id = any(array(
            select mail_id from messages.mails where settled_at < now() - @age order by settled_at limit @limit))
        """;

    private async Task<int> DeleteAsync(string sql, TimeSpan age, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { age, limit }, cancellationToken: cancellationToken));
    }
}
