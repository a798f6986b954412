using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// The whole system as processes of its own: PostgreSQL, Temporal, both simulators, worker and API, on free ports of this machine.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shop-").FullName;
    private readonly List<ProcessUnderTest> processes = [];

    /// <summary>The server that holds everything; may be killed.</summary>
    public PrivatePostgres Postgres { get; } = new();

    public ProcessUnderTest Temporal { get; private set; } = null!;

    public ProcessUnderTest Worker { get; private set; } = null!;

    public ProcessUnderTest Api { get; private set; } = null!;

    /// <summary>The worker's way to Temporal.</summary>
    public Wire TemporalWire { get; private set; } = null!;

    /// <summary>The worker's way to the payment provider.</summary>
    public Wire PaymentsWire { get; private set; } = null!;

    /// <summary>Where the API answers.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where Temporal answers.</summary>
    public string TemporalAddress { get; private set; } = null!;

    /// <summary>What the partner and the payment provider wrote down, on disk.</summary>
    public string PartnerLedger => Path.Combine(folder, "partner.jsonl");

    /// <inheritdoc cref="PartnerLedger"/>
    public string PaymentsLedger => Path.Combine(folder, "payments.jsonl");

    /// <summary>Starts everything.</summary>
    /// <param name="pace">How long the partner takes for each step and the payment provider for a pending charge.</param>
    /// <param name="disorder">Share of the partner's events that come twice, and of deliveries whose pickup is told last.</param>
    /// <param name="store">Where Temporal keeps its workflows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Shop> StartAsync(TimeSpan pace, double disorder, TemporalStore store, CancellationToken cancellationToken)
    {
        var shop = new Shop();
        try
        {
            await shop.StartAllAsync(pace, disorder, store, cancellationToken);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    private async Task StartAllAsync(TimeSpan pace, double disorder, TemporalStore store, CancellationToken cancellationToken)
    {
        await Postgres.StartAsync(cancellationToken);
        var (api, temporal, partner, payments) = (FreePort(), FreePort(), FreePort(), FreePort());
        Address = new Uri($"http://127.0.0.1:{api}");
        TemporalAddress = $"127.0.0.1:{temporal}";
        var (partnerSecret, paymentsSecret) = (Secret(), Secret());
        TemporalWire = new Wire(temporal);
        PaymentsWire = new Wire(payments);
        var simulators = ProcessUnderTest.Dll("simulators", "TemporalDelivery.Simulators");

        Temporal = Add(
            new(
                "temporal",
                await TestTemporal.ExecutableAsync(),
                "ready",
                ["server", "start-dev", "--ip", "127.0.0.1", "--port", $"{temporal}", "--headless"],
                store == TemporalStore.Memory ? null : new Dictionary<string, string> { ["TEMPORAL_POSTGRES"] = Postgres.ConnectionString }
            )
        );
        var partnerProcess = Add(
            new(
                "partner",
                simulators,
                "Now listening on",
                [
                    "partner",
                    $"--Urls=http://127.0.0.1:{partner}",
                    $"--Ledger={PartnerLedger}",
                    $"--Webhook:Url={Address}webhooks/partner",
                    "--FailureRate=0",
                    $"--Pace={pace}",
                    $"--DuplicateRate={disorder}",
                    $"--DisorderRate={disorder}",
                ],
                new Dictionary<string, string> { ["Webhook__Secret"] = partnerSecret }
            )
        );
        var paymentsProcess = Add(
            new(
                "payments",
                simulators,
                "Now listening on",
                [
                    "payments",
                    $"--Urls=http://127.0.0.1:{payments}",
                    $"--Ledger={PaymentsLedger}",
                    $"--Webhook:Url={Address}webhooks/payments",
                    $"--Pace={pace}",
                ],
                new Dictionary<string, string> { ["Webhook__Secret"] = paymentsSecret }
            )
        );
        Worker = Add(
            new(
                "worker",
                ProcessUnderTest.Dll("worker", "TemporalDelivery.Worker"),
                "Application started",
                [$"--Temporal:Address=127.0.0.1:{TemporalWire.Port}"],
                new Dictionary<string, string>
                {
                    ["Database__ConnectionString"] = Postgres.ConnectionString,
                    ["Database__Seed"] = "demo",
                    ["Partner__BaseUrl"] = $"http://127.0.0.1:{partner}",
                    ["Payments__BaseUrl"] = $"http://127.0.0.1:{PaymentsWire.Port}",
                }
            )
        );
        Api = Add(
            new(
                "api",
                ProcessUnderTest.Dll("api", "TemporalDelivery.Api"),
                "Now listening on",
                [$"--Urls={Address}", $"--Temporal:Address={TemporalAddress}"],
                new Dictionary<string, string>
                {
                    ["Database__ConnectionString"] = Postgres.ConnectionString,
                    ["Database__Seed"] = "demo",
                    ["Webhooks__Partner__Secrets__0"] = partnerSecret,
                    ["Webhooks__Payments__Secrets__0"] = paymentsSecret,
                }
            )
        );

        foreach (var process in new[] { Temporal, partnerProcess, paymentsProcess, Worker, Api })
        {
            await process.StartAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            await process.DisposeAsync();
        }

        foreach (var wire in new[] { TemporalWire, PaymentsWire }.OfType<Wire>())
        {
            await wire.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private ProcessUnderTest Add(ProcessUnderTest process)
    {
        processes.Add(process);
        return process;
    }

    private static string Secret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
