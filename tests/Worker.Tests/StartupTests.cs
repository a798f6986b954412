using System.Net;
using System.Net.Sockets;
using Npgsql;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows.Pages;

namespace TemporalDelivery.Worker.Tests;

public sealed class StartupTests
{
    private static readonly string[] Providers = ["--Partner:BaseUrl=http://127.0.0.1:1", "--Payments:BaseUrl=http://127.0.0.1:1"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "Database:ConnectionString is not set")]
    [InlineData("--Database:ConnectionString=nonsense", "Database:ConnectionString: Not a connection string")]
    [InlineData("--Database:ConnectionString=Host=h --Database:Seed=dem", "Database:Seed: 'dem' is no seed; expected demo, or nothing")]
    [InlineData(
        "--Database:ConnectionString=Host=h --Worker:Modules=orders,deliverys",
        "'deliverys'; expected orders, deliveries, vouchers"
    )]
    [InlineData("--Database:ConnectionString=Host=h --Payments:BaseUrl=ftp://x", "Payments:BaseUrl is 'ftp://x'")]
    [InlineData("--Database:ConnectionString=Host=h --Worker:Modules=deliveries", "Partner:BaseUrl is not set")]
    [InlineData(
        "--Database:ConnectionString=Host=h --Worker:Modules=vouchers --Worker:MaxConcurrentActivities=many",
        "MaxConcurrentActivities is 'many'"
    )]
    public async Task A_wrong_setting_is_told_in_one_line(string arguments, string fault)
    {
        await using var worker = WorkerProcess.Start(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, await worker.ExitCodeAsync());

        var line = Assert.Single(worker.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("worker: ", line, StringComparison.Ordinal);
        Assert.Contains(fault, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_it_waits_is_alive_and_can_be_stopped()
    {
        var health = $"http://127.0.0.1:{FreePort()}";
        await using var worker = WorkerProcess.Start([
            $"--Database:ConnectionString=Host=127.0.0.1;Port={FreePort()}",
            $"--Health:Url={health}",
            .. Providers,
        ]);

        await worker.UntilItSaysAsync("Reaching PostgreSQL at 127.0.0.1");

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{health}/health/live"), Now)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri($"{health}/health/ready"), Now)).StatusCode);
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task While_Temporal_is_away_it_waits_and_starts_when_it_is_there()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        var (health, temporal) = ($"http://127.0.0.1:{FreePort()}", $"127.0.0.1:{FreePort()}");
        await using var worker = WorkerProcess.Start([
            $"--Database:ConnectionString={database.ConnectionString}",
            $"--Temporal:Address={temporal}",
            $"--Health:Url={health}",
            .. Providers,
        ]);
        await worker.UntilItSaysAsync($"Reaching Temporal at {temporal} failed");

        await using var environment = await TestTemporal.StartLocalAsync(temporal);
        await worker.UntilItSaysAsync("Application started");

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{health}/health/ready"), Now)).StatusCode);
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task Where_it_may_not_add_search_attributes_it_waits_for_whoever_may_and_says_so()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await using var environment = await TestTemporal.StartLocalAsync();
        await using var guarded = await GuardedTemporal.StartAsync(environment.Client.Connection.Options.TargetHost!);
        var health = $"http://127.0.0.1:{FreePort()}";
        await using var worker = WorkerProcess.Start([
            $"--Database:ConnectionString={database.ConnectionString}",
            $"--Temporal:Address={guarded.Address}",
            $"--Health:Url={health}",
            .. Providers,
        ]);
        await worker.UntilItSaysAsync("may not add: temporal operator search-attribute create --name OrderStatus --type Keyword");

        using var http = new HttpClient();
        using var waiting = await http.GetAsync(new Uri($"{health}/health/ready"), Now);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, waiting.StatusCode);
        Assert.Contains(
            "\"search attributes\":\"down: the namespace is not known to have them; the log says why\"",
            await waiting.Content.ReadAsStringAsync(Now),
            StringComparison.Ordinal
        );

        await SearchAttributeRegistration.RegisterAsync(environment.Client, BusinessAttributes.All, Now);
        await worker.UntilItSaysAsync("Application started");

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{health}/health/ready"), Now)).StatusCode);
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task A_database_that_refuses_ends_it_with_the_reason()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        var missing = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "no_such_database" };

        await using var worker = WorkerProcess.Start([$"--Database:ConnectionString={missing.ConnectionString}", .. Providers]);

        Assert.Equal(2, await worker.ExitCodeAsync());
        Assert.Contains("worker: the database cannot be used", worker.Log, StringComparison.Ordinal);
        Assert.Contains("no_such_database", worker.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "orders",
        "number int, file_name text, checksum text, applied_at timestamptz",
        "(1, '0001_catalogue.sql', 'of then', now())"
    )]
    [InlineData("vouchers", "number int, name text, applied_at timestamptz", "(1, '0001_vouchers.sql', now())")]
    public async Task A_database_made_by_an_older_build_is_refused_and_stays_as_it_is(string schema, string columns, string applied)
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await using (
            var then = database.DataSource.CreateCommand(
                $"create schema {schema}; create table {schema}.migrations ({columns}); insert into {schema}.migrations values {applied}"
            )
        )
        {
            await then.ExecuteNonQueryAsync(Now);
        }

        await using var worker = WorkerProcess.Start([
            $"--Database:ConnectionString={database.ConnectionString}",
            "--Database:Seed=demo",
            .. Providers,
        ]);

        Assert.Equal(2, await worker.ExitCodeAsync());
        var line = Assert.Single(worker.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("worker: the database was made by another build of this system", line, StringComparison.Ordinal);
        Assert.Contains("./temporal-dev.sh down --wipe", line, StringComparison.Ordinal);
        await using var tables = database.DataSource.CreateCommand(
            "select string_agg(schemaname || '.' || tablename, ',') from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        );
        Assert.Equal($"{schema}.migrations", await tables.ExecuteScalarAsync(Now));
    }

    [Fact]
    public async Task A_worker_of_vouchers_alone_needs_no_provider_and_makes_no_other_schema()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await using var environment = await TestTemporal.StartLocalAsync();
        await using var worker = WorkerProcess.Start(
            $"--Database:ConnectionString={database.ConnectionString}",
            $"--Temporal:Address={environment.Client.Connection.Options.TargetHost}",
            "--Database:Seed=demo",
            "--Worker:Modules=vouchers"
        );

        await worker.UntilItSaysAsync("Application started");
        Assert.Equal(0, await worker.StopAsync());

        await using var command = database.DataSource.CreateCommand(
            "select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname in ('orders', 'deliveries', 'vouchers')"
        );
        Assert.Equal("vouchers", await command.ExecuteScalarAsync(Now));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
