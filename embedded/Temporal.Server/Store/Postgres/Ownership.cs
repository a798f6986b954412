using Npgsql;
using Temporal.Server.Rpc;

namespace Temporal.Server.Store.Postgres;

/// <summary>
/// One server owns a database. A session-level advisory lock, held on a connection of its own for the process' life, keeps a second one
/// out; an epoch, raised by each new owner and checked by every batch, keeps out a predecessor that does not know that it was replaced.
/// </summary>
internal sealed class Ownership : IAsyncDisposable
{
    // "Temporal" in ASCII; advisory locks are per database.
    private const long LockKey = 0x54656D706F72616C;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OwnerPoll = TimeSpan.FromMilliseconds(100);

    private readonly string connectionString;
    private readonly ILogger logger;
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private NpgsqlConnection session;
    private Task watch = Task.CompletedTask;

    private Ownership(string connectionString, ILogger logger, NpgsqlConnection session)
    {
        this.connectionString = connectionString;
        this.logger = logger;
        this.session = session;
    }

    /// <summary>The owner's number: one more than its predecessor's.</summary>
    public long Epoch { get; private set; }

    /// <summary>Completes when another server has taken over.</summary>
    public Task Lost => lost.Task;

    /// <summary>Takes the database, migrates it, and shuts its last owner out.</summary>
    /// <exception cref="StoreSetupException">Another server has it, or it cannot be used.</exception>
    public static async Task<Ownership> TakeAsync(PostgresStoreOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        // Npgsql's pool would keep a session, and with it the lock, beyond our Close.
        var connectionString = new NpgsqlConnectionStringBuilder(ConnectionText.Parse(options.ConnectionString).ConnectionString)
        {
            Pooling = false,
        }.ConnectionString;
        var session = await ConnectFirstAsync(connectionString, options, logger, cancellationToken).ConfigureAwait(false);
        var ownership = new Ownership(connectionString, logger, session);
        try
        {
            await ownership.WaitForLockAsync(options.OwnerPatience, cancellationToken).ConfigureAwait(false);
            await SchemaMigrations.ApplyAsync(session, logger, cancellationToken).ConfigureAwait(false);
            await ownership.RaiseEpochAsync(options.Committers, cancellationToken).ConfigureAwait(false);
            ownership.watch = ownership.WatchAsync(ownership.stopping.Token);
            return ownership;
        }
        catch
        {
            await ownership.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says that another server has taken over.</summary>
    public void Lose()
    {
        if (lost.TrySetResult())
        {
            PostgresLog.OwnershipLost(logger);
        }
    }

    /// <summary>The error for callers after that.</summary>
    public RpcException LostError() => Outages.Unavailable($"Another server has taken over the database (epoch {Epoch} is past).");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        await session.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private static async Task<NpgsqlConnection> ConnectFirstAsync(
        string connectionString,
        PostgresStoreOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        using var end = new CancellationTokenSource(options.Patience, options.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        using var driver = new DriverCancellation(limit.Token);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await OpenAsync(connectionString, driver.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (Outages.MayPass(error) && !limit.IsCancellationRequested)
            {
                if (tries == 1)
                {
                    PostgresLog.OutOfReach(logger, error.Message);
                }

                await Task.Delay(Outages.Pause(tries), limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var where = new NpgsqlConnectionStringBuilder(connectionString);
                var problem = error is PostgresException postgres ? postgres.MessageText : error.Message;
                throw new StoreSetupException(
                    $"PostgreSQL at {where.Host}:{where.Port}, database {where.Database}, cannot be used: {problem}",
                    error
                );
            }
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

            // If this machine dies without a word, the database notices within seconds and frees the lock.
            await using var settings = new NpgsqlCommand(
                "set tcp_keepalives_idle = 3; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3",
                connection
            );
            await settings.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task WaitForLockAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var waited = false; !await TryLockAsync(cancellationToken).ConfigureAwait(false); waited = true)
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                throw new StoreSetupException(
                    $"The database {session.Database} at {session.Host}:{session.Port} is in use by another Temporal server: {await ReadOwnerAsync(cancellationToken).ConfigureAwait(false)}. "
                        + "Stop that one, or give this one a database of its own."
                );
            }

            if (!waited)
            {
                PostgresLog.WaitingForOwner(logger, await ReadOwnerAsync(cancellationToken).ConfigureAwait(false), patience.TotalSeconds);
            }

            await Task.Delay(OwnerPoll, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryLockAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", session)
        {
            Parameters = { new() { Value = LockKey } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private async Task<string> ReadOwnerAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select format('%s, connected from %s since %s', coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(host(a.client_addr), 'this host'),
                          to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.database = (select oid from pg_database where datname = current_database())
              and (l.classid::bigint << 32) | l.objid::bigint = $1
            """,
            session
        )
        {
            Parameters = { new() { Value = LockKey } },
        };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string ?? "just gone";
    }

    // Waits for the predecessor's batches in flight, whose rows these are; what it sends later finds another epoch.
    private async Task RaiseEpochAsync(int committers, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with raised as (select coalesce(max(epoch), 0) + 1 as epoch from temporal.committers)
            insert into temporal.committers (slot, epoch, batch, conflicts)
            select slot, raised.epoch, 0, '{}' from raised, generate_series(0, greatest($1 - 1, (select max(slot) from temporal.committers))) as slot
            on conflict (slot) do update set epoch = excluded.epoch, batch = 0, conflicts = '{}'
            returning epoch
            """,
            session
        )
        {
            Parameters = { new() { Value = committers } },
        };
        Epoch = (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        using var driver = new DriverCancellation(stop);
        var cancellationToken = driver.Token;
        while (!cancellationToken.IsCancellationRequested && !lost.Task.IsCompleted)
        {
            try
            {
                // Ends at once when the connection breaks; the question finds a connection that broke without a word.
                await session.WaitAsync(Heartbeat, cancellationToken).ConfigureAwait(false);
                await using var question = new NpgsqlCommand("select 1", session);
                await question.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                PostgresLog.LockBroke(logger, error.Message);
                await TakeBackAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Until then nothing is at risk: whoever takes the database raises the epoch.
    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await session.DisposeAsync().ConfigureAwait(false);
        for (var tries = 1; !cancellationToken.IsCancellationRequested; tries++)
        {
            try
            {
                session = await OpenAsync(connectionString, cancellationToken).ConfigureAwait(false);
                var isLocked = await TryLockAsync(cancellationToken).ConfigureAwait(false);
                if (await ReadEpochAsync(cancellationToken).ConfigureAwait(false) != Epoch)
                {
                    Lose();
                    return;
                }

                if (isLocked)
                {
                    return;
                }

                // Perhaps our own last session, which the database has not yet given up.
                await session.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }

            await Task.Delay(Outages.Pause(tries), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<long> ReadEpochAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select max(epoch) from temporal.committers", session);
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
