using Npgsql;
using Temporal.Server.Rpc;

namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Writes batches, one after the other, on a connection of its own. A batch is settled before the next one begins: after a lost
/// connection it is sent again under its number until the database has said what became of it.
/// </summary>
internal sealed class Committer(short slot, NpgsqlDataSource database, Ownership ownership, CommitQueue queue, ILogger logger)
{
    private CommitStatement? statement;
    private long number;

    /// <summary>Runs until the queue is closed and empty.</summary>
    /// <param name="giveUp">Ends tries to reach a database that is away.</param>
    public async Task RunAsync(CancellationToken giveUp)
    {
        try
        {
            while (await queue.TakeAsync().ConfigureAwait(false) is { } batch)
            {
                await SettleAsync(batch, giveUp).ConfigureAwait(false);
                queue.Release(batch);
            }
        }
        finally
        {
            await DisconnectAsync().ConfigureAwait(false);
        }
    }

    private async Task SettleAsync(IReadOnlyList<PendingCommit> batch, CancellationToken giveUp)
    {
        number++;
        for (var tries = 1; ; tries++)
        {
            // Sent even if empty by now: under its number, the copy that may be on its way cannot take effect later.
            var wanted = batch.Index().Where(item => !item.Item.IsAbandoned).Select(item => (item.Index, item.Item)).ToList();
            try
            {
                var connected = statement ??= await ConnectAsync(giveUp).ConfigureAwait(false);
                var outcome = await connected.WriteAsync(slot, ownership.Epoch, number, wanted, giveUp).ConfigureAwait(false);
                if (tries > 1)
                {
                    PostgresLog.Back(logger, batch.Count);
                }

                Announce(batch, outcome);
                return;
            }
            catch (Exception error) when (Outages.MayPass(error))
            {
                if (tries == 1)
                {
                    PostgresLog.OutOfReach(logger, error.Message);
                }

                await DisconnectAsync().ConfigureAwait(false);
                await Task.Delay(Outages.Pause(tries), giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (!giveUp.IsCancellationRequested)
            {
                await DisconnectAsync().ConfigureAwait(false);
                await RefuseAsync(batch, error, giveUp).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (giveUp.IsCancellationRequested)
            {
                Fail(batch, Outages.Unavailable($"The server stopped before the database answered: {error.Message}"));
                return;
            }
        }
    }

    private void Announce(IReadOnlyList<PendingCommit> batch, BatchOutcome outcome)
    {
        if (outcome.IsFenced)
        {
            ownership.Lose();
            Fail(batch, ownership.LostError());
            return;
        }

        foreach (var (id, commit) in batch.Index())
        {
            if (outcome.Conflicts.TryGetValue(id, out var reason))
            {
                commit.Fail(new StoreConflictException(reason));
            }
            else
            {
                commit.Succeed();
            }
        }
    }

    // PostgreSQL says no to something in the batch (a NUL in a text, say): one by one, so that only that commit fails.
    private async Task RefuseAsync(IReadOnlyList<PendingCommit> batch, Exception error, CancellationToken giveUp)
    {
        if (batch.Count == 1)
        {
            PostgresLog.Refused(logger, error);
            Fail(
                batch,
                error is PostgresException { SqlState: var state } refused && state.StartsWith("22", StringComparison.Ordinal)
                    ? RpcException.InvalidArgument($"The request holds what PostgreSQL cannot store: {refused.MessageText}.")
                    : new RpcException(StatusCode.Internal, $"The database refuses the change: {error.Message}")
            );
            return;
        }

        foreach (var commit in batch)
        {
            await SettleAsync([commit], giveUp).ConfigureAwait(false);
        }
    }

    private async Task<CommitStatement> ConnectAsync(CancellationToken giveUp)
    {
        try
        {
            return await CommitStatement.OpenAsync(database, giveUp).ConfigureAwait(false);
        }
        catch (PostgresException error)
        {
            // Whatever keeps a server that has worked before from connecting (too many clients, a password being changed) may pass.
            throw new IOException(error.MessageText, error);
        }
    }

    private static void Fail(IReadOnlyList<PendingCommit> batch, Exception error)
    {
        foreach (var commit in batch)
        {
            commit.Fail(error);
        }
    }

    private async ValueTask DisconnectAsync()
    {
        if (statement is not null)
        {
            await statement.DisposeAsync().ConfigureAwait(false);
            statement = null;
        }
    }
}
