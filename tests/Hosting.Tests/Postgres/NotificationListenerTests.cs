using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Hosting.Tests.Postgres;

public sealed class NotificationListenerTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(Now);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Handlers_hear_their_channels_only_on_one_connection()
    {
        using var host = await StartAsync();
        var (weather, stocks) = (host.Services.GetRequiredService<Weather>(), host.Services.GetRequiredService<Stocks>());
        Assert.Equal("connected", await weather.NextAsync());
        Assert.Equal("connected", await stocks.NextAsync());

        await ExecuteAsync("notify stocks, 'up'; notify weather, 'rain'; notify nobody, 'x'; notify weather, 'sun'");

        Assert.Equal(["weather rain", "weather sun"], [await weather.NextAsync(), await weather.NextAsync()]);
        Assert.Equal("stocks up", await stocks.NextAsync());
        Assert.Equal(
            1,
            await ScalarAsync(
                "select count(*) from pg_stat_activity where datname = current_database() and application_name like '% listener'"
            )
        );
        await host.StopAsync(Now);
        Assert.Equal("disconnected", await weather.NextAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_is_told_and_replaced()
    {
        using var host = await StartAsync();
        var weather = host.Services.GetRequiredService<Weather>();
        Assert.Equal("connected", await weather.NextAsync());

        for (var breaks = 0; breaks < 3; breaks++)
        {
            Assert.Equal(
                1,
                await ScalarAsync(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name like '% listener'"
                )
            );
            Assert.Equal("disconnected", await weather.NextAsync());
            Assert.Equal("connected", await weather.NextAsync());
        }

        await ExecuteAsync("notify weather, 'fog'");
        Assert.Equal("weather fog", await weather.NextAsync());
        await host.StopAsync(Now);
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Database:ConnectionString", database.ConnectionString)]);
        builder.AddPostgres();
        builder.Services.AddSingleton<Weather>().AddNotificationHandler<Weather>().AddSingleton<Stocks>().AddNotificationHandler<Stocks>();
        var host = builder.Build();
        await host.StartAsync(Now);
        return host;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        await connection.ExecuteAsync(sql);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private sealed class Weather() : Recorder("weather");

    private sealed class Stocks() : Recorder("stocks");

    private abstract class Recorder(string channel) : INotificationHandler
    {
        private readonly Channel<string> heard = Channel.CreateUnbounded<string>();

        public IReadOnlyList<string> Channels { get; } = [channel];

        public void Connected() => heard.Writer.TryWrite("connected");

        public void Disconnected() => heard.Writer.TryWrite("disconnected");

        public void Notified(string channel, string payload) => heard.Writer.TryWrite($"{channel} {payload}");

        public Task<string> NextAsync() => heard.Reader.ReadAsync(Now).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Now);
    }
}
