using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Hosting.Tests.Postgres;

/// <summary>What PostgreSQL means for the start of a host.</summary>
public sealed class DatabaseMigrationTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(Now);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_host_has_its_schema_before_what_is_registered_later_starts()
    {
        using var host = Build(database.ConnectionString, "create table shelf.books (title text)");

        await host.StartAsync(Now);

        Assert.Equal("a table", host.Services.GetServices<IHostedService>().OfType<LookingForBooks>().Single().Found);
        await host.StopAsync(Now);
    }

    [Theory]
    [InlineData("Database=no_such_database", "no_such_database")]
    [InlineData("Password=wrong", "password")]
    public async Task A_database_that_says_no_ends_the_start_with_the_reason(string setting, string reason)
    {
        using var host = Build($"{database.ConnectionString};{setting}", "select 1");

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(Now));

        Assert.StartsWith("the database cannot be used", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_ends_the_start_with_its_name()
    {
        using var host = Build(database.ConnectionString, "select 1/0");

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(Now));

        Assert.Contains("0001_books.sql of shelf failed: division by zero", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_shut_down_during_a_script_is_waited_for()
    {
        // The script ends its own connection once, as a PostgreSQL that restarts does.
        await using (var command = database.DataSource.CreateCommand("create sequence tries"))
        {
            await command.ExecuteNonQueryAsync(Now);
        }

        using var host = Build(
            database.ConnectionString,
            "create table shelf.books (title text); select pg_terminate_backend(pg_backend_pid()) where nextval('tries') = 1"
        );

        await host.StartAsync(Now);

        Assert.Equal("a table", host.Services.GetServices<IHostedService>().OfType<LookingForBooks>().Single().Found);
        await host.StopAsync(Now);
    }

    [Theory]
    [InlineData(null, "Database:ConnectionString is not set, and neither is DATABASE_URL")]
    [InlineData("nonsense", "Database:ConnectionString: Not a connection string")]
    public void A_connection_string_that_is_none_is_a_fault(string? text, string complaint)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Build(text, "select 1"));

        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
    }

    private static IHost Build(string? connectionString, string sql)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Database:ConnectionString", connectionString)]);
        builder.AddPostgres(new MigrationSet("shelf", [Migration.Of("0001_books.sql", sql)]));
        builder.Services.AddHostedService<LookingForBooks>();
        return builder.Build();
    }

    private sealed class LookingForBooks(NpgsqlDataSource source) : IHostedService
    {
        public string? Found { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand(
                "select case when to_regclass('shelf.books') is null then 'nothing' else 'a table' end"
            );
            Found = (string?)await command.ExecuteScalarAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
