using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

/// <summary>A host that starts before its Temporal does.</summary>
public sealed class LateTemporalApplication : TemporalApplication
{
    private readonly string address = $"127.0.0.1:{FreePort()}";

    public Task ArriveAsync() => StartTemporalAsync(address);

    protected override Task<string> TemporalAddressAsync() => Task.FromResult(address);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed class LateTemporalTests(LateTemporalApplication api) : IClassFixture<LateTemporalApplication>
{
    [Fact]
    public async Task An_order_accepted_while_Temporal_is_away_is_processed_when_it_is_there()
    {
        var ada = api.AsCustomer(ApiApplication.Ada);
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var away = await ada.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = "too slow" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal(1, await api.CountAsync("select count(*) from orders.starts where started_at is null"));

        await api.ArriveAsync();
        while (await api.CountAsync("select count(*) from orders.starts where started_at is null") > 0)
        {
            await Task.Yield();
        }

        var read = await ada.GetFromJsonAsync<JsonElement>($"/orders/{order}?consistent=true");
        Assert.Equal("PAYMENT_PROCESSING", read.GetProperty("status").GetString());
    }
}
