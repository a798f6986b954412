using System.Net;
using Grpc.Health.V1;
using Temporal.Server.Tests.Grpc;
using Temporal.Server.Tests.Store.Postgres;

namespace Temporal.Server.Tests.Admission;

public sealed class ReadinessTests
{
    [Fact]
    public async Task Health_says_not_serving_while_the_database_is_away_and_serving_when_it_is_back()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var server = await TemporalServer.StartAsync(
            new TemporalServerOptions
            {
                Ip = IPAddress.Loopback,
                Port = 0,
                PostgresConnectionString = proxy.ConnectionString,
            },
            TestContext.Current.CancellationToken
        );
        using var caller = new GrpcCaller(server.EndPoint);
        await UntilAsync(caller, HealthCheckResponse.Types.ServingStatus.Serving);

        proxy.TakeDatabaseAway();
        await UntilAsync(caller, HealthCheckResponse.Types.ServingStatus.NotServing);
        proxy.IsRefusing = false;

        await UntilAsync(caller, HealthCheckResponse.Types.ServingStatus.Serving);
    }

    private static async Task UntilAsync(GrpcCaller caller, HealthCheckResponse.Types.ServingStatus wanted)
    {
        for (HealthCheckResponse? health = null; health?.Status != wanted;)
        {
            var reply = await caller.SendAsync("/grpc.health.v1.Health/Check", new HealthCheckRequest(), TimeSpan.FromMinutes(2));
            Assert.Equal(0, reply.Status);
            health = reply.Read(HealthCheckResponse.Parser);
        }
    }
}
