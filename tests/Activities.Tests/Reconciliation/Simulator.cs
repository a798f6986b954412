using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Activities.Tests.Reconciliation;

/// <summary>
/// A simulator as a process of its own and a shop beside it, for all tests of a class: each test begins with an empty shop, and its slice
/// of the simulator's book when it begins itself.
/// </summary>
public abstract class Simulator(string command, params string[] settings) : IAsyncLifetime
{
    private const string Ready = "Now listening on: ";

    private readonly string folder = Directory.CreateTempSubdirectory("reconciled-").FullName;
    private ProcessUnderTest process = null!;
    private Shop shop = null!;

    private HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public async ValueTask InitializeAsync()
    {
        process = new ProcessUnderTest(
            command,
            ProcessUnderTest.Dll("simulators", "TemporalDelivery.Simulators"),
            Ready,
            [command, "--Urls=http://127.0.0.1:0", $"--Ledger={Path.Combine(folder, "ledger.jsonl")}", .. settings]
        );
        await process.StartAsync(CancellationToken.None);
        var line = process.Log.Split('\n').Single(line => line.Contains(Ready, StringComparison.Ordinal));
        Http.BaseAddress = new Uri(line[(line.IndexOf(Ready, StringComparison.Ordinal) + Ready.Length)..].Split(' ')[0]);
        shop = await OpenAsync(Http.BaseAddress);
    }

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        await process.DisposeAsync();
        Http.Dispose();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The shop, without any order.</summary>
    public async Task<Shop> EmptyShopAsync()
    {
        await shop.ExecuteAsync(
            """
            begin;
            alter table orders.order_audit disable trigger user;
            alter table orders.operator_task_audit disable trigger user;
            alter table deliveries.delivery_audit disable trigger user;
            truncate orders.orders cascade;
            alter table orders.order_audit enable trigger user;
            alter table orders.operator_task_audit enable trigger user;
            alter table deliveries.delivery_audit enable trigger user;
            commit
            """
        );
        return shop;
    }

    public async Task<JsonElement> PostAsync(string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body),
            Headers = { { "Idempotency-Key", key } },
        };
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>Opens a shop to which the simulator at this address belongs.</summary>
    protected abstract Task<Shop> OpenAsync(Uri address);
}
