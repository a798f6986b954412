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
    public async Task What_is_asked_while_Temporal_is_away_is_done_when_it_is_there()
    {
        var ada = api.AsCustomer(ApiApplication.Ada);
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var pending = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var begun = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await api.ExecuteAsync("update orders.orders set status = 'PAYMENT_PROCESSING' where order_id = @begun", new { begun });

        using var atOnce = await ada.PostAsJsonAsync($"/orders/{pending}/cancel", new { reason = "too slow" });
        using var later = await ada.PostAsJsonAsync($"/orders/{begun}/cancel", new { reason = "too slow" });

        Assert.Equal(HttpStatusCode.OK, atOnce.StatusCode);
        Assert.Equal("CANCELLED", (await atOnce.JsonAsync()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Accepted, later.StatusCode);
        var asked = await later.JsonAsync();
        Assert.True(asked.GetProperty("cancelRequested").GetBoolean());
        Assert.Equal("PAYMENT_PROCESSING", asked.GetProperty("status").GetString());
        Assert.Equal(2, await api.CountAsync("select count(*) from orders.starts where started_at is null"));

        await api.ArriveAsync();
        await api.StartedAsync(order);
        while (await api.CountAsync("select count(*) from orders.cancellations where settled_at is null") > 0)
        {
            await Task.Yield();
        }

        Assert.Equal("PAYMENT_PROCESSING", await ConsistentStatusAsync(ada, order));
        Assert.Equal("CANCELLED", await ConsistentStatusAsync(ada, begun));
    }

    private static async Task<string?> ConsistentStatusAsync(HttpClient ada, Guid order) =>
        (await ada.GetFromJsonAsync<JsonElement>($"/orders/{order}?consistent=true")).GetProperty("status").GetString();
}
