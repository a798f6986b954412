using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;

namespace TemporalDelivery.Tests.Processes;

/// <summary>
/// The whole system as processes of its own: PostgreSQL, Temporal, both simulators, worker and API, on free ports of this machine.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    private readonly ShopSettings settings;
    private readonly string folder;
    private readonly List<ProcessUnderTest> processes = [];

    private Shop(ShopSettings settings)
    {
        this.settings = settings;
        folder = settings.KeepIn ?? Directory.CreateTempSubdirectory("shop-").FullName;
    }

    /// <summary>The server that holds everything; may be killed.</summary>
    public PrivatePostgres Postgres { get; } = new();

    public ProcessUnderTest Temporal { get; private set; } = null!;

    public ProcessUnderTest Worker { get; private set; } = null!;

    public ProcessUnderTest Api { get; private set; } = null!;

    public ProcessUnderTest Partner { get; private set; } = null!;

    public ProcessUnderTest Payments { get; private set; } = null!;

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
    public static Task<Shop> StartAsync(TimeSpan pace, double disorder, TemporalStore store, CancellationToken cancellationToken) =>
        StartAsync(ShopSettings.Of(pace, disorder) with { Store = store }, cancellationToken);

    /// <summary>Starts everything.</summary>
    public static async Task<Shop> StartAsync(ShopSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var shop = new Shop(settings);
        try
        {
            await shop.StartAllAsync(cancellationToken);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        await Postgres.StartAsync(cancellationToken);
        var (api, temporal, partner, payments) = (FreePort(), FreePort(), FreePort(), FreePort());
        Address = new Uri($"http://127.0.0.1:{api}");
        TemporalAddress = $"127.0.0.1:{temporal}";
        var (partnerSecret, paymentsSecret) = (Secret(), Secret());
        var actorKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var receiptKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        TemporalWire = new Wire(temporal);
        PaymentsWire = new Wire(payments);
        var simulators = ProcessUnderTest.Dll("simulators", "TemporalDelivery.Simulators");

        Temporal = Add(
            new(
                "temporal",
                await TestTemporal.ExecutableAsync(),
                "ready",
                ["server", "start-dev", "--ip", "127.0.0.1", "--port", $"{temporal}", "--headless"],
                settings.Store == TemporalStore.Memory
                    ? null
                    : new Dictionary<string, string> { ["TEMPORAL_POSTGRES"] = Postgres.ConnectionString },
                LogFile("temporal")
            )
        );
        Partner = Add(
            new(
                "partner",
                simulators,
                "Now listening on",
                [
                    "partner",
                    $"--Urls=http://127.0.0.1:{partner}",
                    $"--Ledger={PartnerLedger}",
                    $"--Webhook:Url={Address}webhooks/partner",
                    .. settings.Partner,
                ],
                new Dictionary<string, string> { ["Webhook__Secret"] = partnerSecret },
                LogFile("partner")
            )
        );
        Payments = Add(
            new(
                "payments",
                simulators,
                "Now listening on",
                [
                    "payments",
                    $"--Urls=http://127.0.0.1:{payments}",
                    $"--Ledger={PaymentsLedger}",
                    $"--Webhook:Url={Address}webhooks/payments",
                    .. settings.Payments,
                ],
                new Dictionary<string, string> { ["Webhook__Secret"] = paymentsSecret },
                LogFile("payments")
            )
        );
        Worker = Add(
            new(
                "worker",
                ProcessUnderTest.Dll("worker", "TemporalDelivery.Worker"),
                "Application started",
                // Passes of the reconciliation are made where a test is about them.
                [$"--Temporal:Address=127.0.0.1:{TemporalWire.Port}", "--Reconciliation:Every=1.00:00:00", .. settings.Worker],
                new Dictionary<string, string>
                {
                    ["Database__ConnectionString"] = Postgres.ConnectionString,
                    ["Database__Seed"] = "demo",
                    ["Partner__BaseUrl"] = $"http://127.0.0.1:{partner}",
                    ["Payments__BaseUrl"] = $"http://127.0.0.1:{PaymentsWire.Port}",
                    ["Broker__Url"] = settings.BrokerUrl ?? "",
                    ["Actors__Keys__0"] = actorKey,
                    ["Receipts__Keys__0"] = receiptKey,
                },
                LogFile("worker")
            )
        );
        Api = Add(
            new(
                "api",
                ProcessUnderTest.Dll("api", "TemporalDelivery.Api"),
                "Now listening on",
                [$"--Urls={Address}", $"--Temporal:Address={TemporalAddress}", .. settings.Api],
                new Dictionary<string, string>
                {
                    ["Database__ConnectionString"] = Postgres.ConnectionString,
                    ["Database__Seed"] = "demo",
                    // So that it takes everybody's word for who they are (X-Dev-Actor).
                    ["ASPNETCORE_ENVIRONMENT"] = "Development",
                    ["Webhooks__Partner__Secrets__0"] = partnerSecret,
                    ["Webhooks__Payments__Secrets__0"] = paymentsSecret,
                    ["Actors__Keys__0"] = actorKey,
                    ["Receipts__Keys__0"] = receiptKey,
                },
                LogFile("api")
            )
        );

        foreach (var process in new[] { Temporal, Partner, Payments, Worker, Api })
        {
            await process.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
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
        if (settings.KeepIn is null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ProcessUnderTest Add(ProcessUnderTest process)
    {
        processes.Add(process);
        return process;
    }

    private string? LogFile(string process) => settings.KeepIn is null ? null : Path.Combine(folder, $"{process}.log");

    private static string Secret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
