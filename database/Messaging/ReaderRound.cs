using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>An event that a reader is to deal with.</summary>
/// <param name="EventId"><inheritdoc cref="OutboxEvent" path="/param[@name='EventId']"/></param>
/// <param name="Position"><inheritdoc cref="OutboxEvent" path="/param[@name='Position']"/></param>
/// <param name="Topic"><inheritdoc cref="OutboxEvent" path="/param[@name='Topic']"/></param>
/// <param name="AggregateId"><inheritdoc cref="OutboxEvent" path="/param[@name='AggregateId']"/></param>
/// <param name="OrderId"><inheritdoc cref="OutboxEvent" path="/param[@name='OrderId']"/></param>
/// <param name="Payload"><inheritdoc cref="OutboxEvent" path="/param[@name='Payload']"/></param>
/// <param name="RecordedAt"><inheritdoc cref="OutboxEvent" path="/param[@name='RecordedAt']"/></param>
/// <param name="IsParked">It was parked, and is due again.</param>
/// <param name="IsGivenUp">It was parked, and an operator has given it up.</param>
/// <param name="IsBehind">An earlier one of its order is parked, so it is to be parked too.</param>
public sealed record TakenEvent(
    Guid EventId,
    long Position,
    string Topic,
    Guid AggregateId,
    Guid OrderId,
    string Payload,
    DateTime RecordedAt,
    bool IsParked,
    bool IsGivenUp,
    bool IsBehind
)
{
    /// <summary>The event itself.</summary>
    public OutboxEvent Event => new(EventId, Position, Topic, AggregateId, OrderId, Payload, RecordedAt);
}

/// <summary>What a reader has made of an event.</summary>
/// <param name="IsDone">It is dealt with.</param>
/// <param name="IsPoison">It cannot be, and is parked; neither: it is left for the next round.</param>
/// <param name="Reason">Why it is not done; null when it waits behind a parked one.</param>
public sealed record ReadOutcome(bool IsDone, bool IsPoison, string? Reason)
{
    /// <summary>It is dealt with.</summary>
    public static ReadOutcome Done { get; } = new(true, false, null);

    /// <summary>It waits behind a parked one.</summary>
    public static ReadOutcome Behind { get; } = new(false, true, null);

    /// <summary>It cannot be dealt with.</summary>
    public static ReadOutcome Poison(string reason) => new(false, true, reason);

    /// <summary>It is left for the next round, and with it whatever comes after it.</summary>
    public static ReadOutcome Left(string reason) => new(false, false, reason);
}

/// <summary>What a reader deals with at once. Nobody else reads for it until this is disposed of.</summary>
public sealed class ReaderRound : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly string reader;

    internal ReaderRound(NpgsqlConnection connection, NpgsqlTransaction transaction, string reader, IReadOnlyList<TakenEvent> events)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.reader = reader;
        Events = events;
    }

    /// <summary>What is to be dealt with, by position.</summary>
    public IReadOnlyList<TakenEvent> Events { get; }

    /// <summary>
    /// Stores what became of the events: moves the cursor up to the first that is left, parks what cannot be dealt with, and makes what
    /// waited behind a parked one due when that is dealt with.
    /// </summary>
    /// <param name="outcomes">One for each of <see cref="Events"/>.</param>
    /// <param name="cancellationToken">Gives up: all are read again.</param>
    /// <exception cref="NpgsqlException">The database is away: likewise.</exception>
    public async Task CompleteAsync(IReadOnlyList<ReadOutcome> outcomes, CancellationToken cancellationToken)
    {
        var all = Events.Zip(outcomes, (taken, outcome) => (taken, outcome)).ToList();
        var passed = all.Where(each => !each.taken.IsParked).TakeWhile(each => each.outcome.IsDone || each.outcome.IsPoison).ToList();
        var parked = passed.Where(each => each.outcome.IsPoison).ToList();
        var again = all.Where(each => each.taken.IsParked && each.outcome.IsPoison).ToList();
        await connection.ExecuteAsync(
            new CommandDefinition(
                CompleteSql,
                new
                {
                    reader,
                    Last = passed.Count > 0 ? passed[^1].taken.Position : (long?)null,
                    Failure = all.Find(each => !each.outcome.IsDone && !each.outcome.IsPoison).outcome?.Reason,
                    Parked = parked.Select(each => each.taken.Position).ToArray(),
                    Orders = parked.Select(each => each.taken.OrderId).ToArray(),
                    Reasons = parked.Select(each => each.outcome.Reason).ToArray(),
                    Done = all.Where(each => each.taken.IsParked && each.outcome.IsDone).Select(each => each.taken.Position).ToArray(),
                    Again = again.Select(each => each.taken.Position).ToArray(),
                    AgainReasons = again.Select(each => each.outcome.Reason).ToArray(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    // What waits behind a parked one is not due by itself.
    internal const string CompleteSql = """
        update messages.readers
        set position = coalesce(@Last, position), last_error = @Failure
        where reader = @reader;

        insert into messages.parked (reader, position, order_id, reason, next_try_at)
        select @reader, p.position, p.order_id, p.reason, case when p.reason is null then 'infinity' else now() + interval '1 hour' end
        from unnest(@Parked, @Orders, @Reasons) p (position, order_id, reason);

        update messages.parked p
        set tries = p.tries + 1, reason = a.reason,
            next_try_at = case when p.given_up then now() when a.reason is null then 'infinity' else now() + interval '1 hour' end
        from unnest(@Again, @AgainReasons) a (position, reason)
        where p.reader = @reader and p.position = a.position;

        with done as (
            delete from messages.parked where reader = @reader and position = any(@Done) returning order_id
        )
        update messages.parked p
        set next_try_at = now()
        where p.reader = @reader and p.position in (
            select min(w.position)
            from messages.parked w join done using (order_id)
            where w.reader = @reader and w.position <> all(@Done)
            group by w.order_id);
        """;
}
