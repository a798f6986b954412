using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Npgsql;
using TemporalDelivery.Hosting.Failures;

namespace TemporalDelivery.Hosting.Tests.Failures;

public sealed class TransientFailureTests
{
    public static TheoryData<Exception, bool> Failures =>
        new()
        {
            { new HttpRequestException("connection refused"), true },
            { new SocketException(111), true },
            { new IOException("broken pipe"), true },
            { new TimeoutException(), true },
            { new TaskCanceledException(), true },
            { new ObjectDisposedException("data source"), true },
            { new NpgsqlException("the pool is exhausted", new TimeoutException()), true },
            { new NpgsqlException("exception while reading", new IOException()), true },
            { new NpgsqlException("No suitable host was found."), true },
            { new HttpRequestException("TLS", new AuthenticationException("the certificate has expired")), true },
            { Postgres("0A000"), true },
            { Postgres("26000"), true },
            { Postgres("40001"), true },
            { Postgres("40P01"), true },
            { Postgres("53300"), true },
            { Postgres("57P01"), true },
            { Postgres("57014"), true },
            { Postgres("25006"), true },
            { Postgres("28P01"), true },
            { Postgres("3D000"), true },
            { new InvalidOperationException("wrapped", new SocketException(104)), true },
            { Postgres("23505"), false },
            { Postgres("23503"), false },
            { Postgres("23514"), false },
            { Postgres("42P01"), false },
            { Postgres("22P02"), false },
            { new NotSupportedException(), false },
            { new JsonException(), false },
            { new InvalidCastException(), false },
            { new ArgumentException("wrong"), false },
            { new FormatException(), false },
            { new InvalidOperationException("sequence contains no elements"), false },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public void What_passes_by_itself_is_tried_again_and_nothing_else(Exception failure, bool transient) =>
        Assert.Equal(transient, TransientFailure.Is(failure));

    private static PostgresException Postgres(string sqlState) => new("no", "ERROR", "ERROR", sqlState);
}
