using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using TemporalDelivery.Simulators.Ledgers;
using TemporalDelivery.Simulators.Partner;
using TemporalDelivery.Simulators.Payments;
using Temporalio.Client;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>A scenario being played: its customer, the operator, and what they were answered.</summary>
internal sealed class Scene(Shopper shopper, ShopClient shop, ITemporalClient temporal, OrderManagement? broker, ScenariosOptions options)
{
    /// <summary>The state of a parcel that an operator decides about.</summary>
    public const string WithOperator = "PENDING_BY_OPERATOR";

    /// <summary>In an address: the partner does not come for an order's first parcel.</summary>
    public const string NotPickedUp = "HOLD:PICKUP";

    private const string Operator = "operator:demo";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly string[] Final = ["COMPLETED", "FAILED", "CANCELLED"];
    private readonly List<Guid> orders = [];
    private readonly List<string> answers = [];

    /// <summary>Who ordered.</summary>
    public Shopper Shopper => shopper;

    /// <summary>Its orders, in the order of placing.</summary>
    public IReadOnlyList<Guid> Orders => orders;

    /// <summary>What was refused, or done beside the API.</summary>
    public IReadOnlyList<string> Answers => answers;

    /// <summary>What it waits for now.</summary>
    public string WaitsFor { get; set; } = "the API";

    /// <summary>The customer orders.</summary>
    public async Task<Guid> PlaceAsync(
        IReadOnlyList<KindLine> lines,
        CancellationToken cancellationToken,
        string token = "tok_ok",
        string? mark = null,
        string? voucher = null
    )
    {
        using var answer = await SendAsync(
            HttpMethod.Post,
            "/orders",
            shopper.Actor,
            Order(lines, token, mark, voucher),
            cancellationToken
        );
        if (!answer.IsSuccessStatusCode)
        {
            throw new ShopException($"the order was refused: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var order = (await answer.Content.ReadFromJsonAsync<SeenOrder>(cancellationToken))!.OrderId;
        orders.Add(order);
        return order;
    }

    /// <summary>The customer orders what is to be refused.</summary>
    public Task RefusedAsync(IReadOnlyList<KindLine> lines, string voucher, CancellationToken cancellationToken) =>
        TryAsync("order", HttpMethod.Post, "/orders", shopper.Actor, Order(lines, "tok_ok", mark: null, voucher), cancellationToken);

    /// <summary>Waits until the order is over, as <paramref name="status"/> where it is said.</summary>
    public async Task EndsAsync(Guid order, CancellationToken cancellationToken, string? status = null) =>
        await UntilAsync(
            $"the end of the order as {status ?? "anything"}",
            () => FindAsync<SeenOrder>($"/orders/{order}", shopper.Actor, cancellationToken),
            found => status is null ? Final.Contains(found.Status) : found.Status == status,
            cancellationToken
        );

    /// <summary>Waits until a parcel is in a state, and returns its id.</summary>
    public async Task<Guid> DeliveryAsync(Guid order, int attempt, string state, CancellationToken cancellationToken)
    {
        var found = await UntilAsync(
            $"parcel {attempt} to be {state}",
            () => FindAsync<SeenOrder>($"/orders/{order}", shopper.Actor, cancellationToken),
            seen => seen.Tracking.Any(parcel => parcel.Attempt == attempt && parcel.State == state),
            cancellationToken
        );
        return found.Tracking.Single(parcel => parcel.Attempt == attempt).DeliveryOrderId;
    }

    /// <summary>Waits until the order is in a state that it stays in.</summary>
    public Task StandsAsync(Guid order, string status, CancellationToken cancellationToken) =>
        UntilAsync(
            $"the order to be {status}",
            () => FindAsync<SeenOrder>($"/orders/{order}", shopper.Actor, cancellationToken),
            found => found.Status == status,
            cancellationToken
        );

    /// <summary>
    /// Waits until the partner has taken the first parcel's booking, which is when the order's workflow knows of it, too.
    /// </summary>
    public Task BookedAsync(Guid order, CancellationToken cancellationToken) =>
        UntilAsync(
            "the booking",
            () =>
                Task.FromResult(
                    Ledger<PartnerEntry>
                        .Look(options.PartnerLedger)
                        .OfType<PartnerEntry.Booked>()
                        .FirstOrDefault(entry => entry.OrderId == order)
                ),
            _ => true,
            cancellationToken
        );

    /// <summary>The customer says that they have the parcel.</summary>
    public Task ConfirmAsync(Guid parcel, CancellationToken cancellationToken)
    {
        var body = new { note = "Thank you!" };
        return TryAsync("confirm", HttpMethod.Post, $"/deliveries/{parcel}/confirm", shopper.Actor, body, cancellationToken);
    }

    /// <summary>The customer gets the parcel, says so, and the order ends.</summary>
    public async Task ReceiveAsync(Guid order, int attempt, CancellationToken cancellationToken)
    {
        var parcel = await DeliveryAsync(order, attempt, "DELIVERED", cancellationToken);
        await ConfirmAsync(parcel, cancellationToken);
        await EndsAsync(order, cancellationToken);
    }

    /// <summary>The PIN that the customer sees.</summary>
    public async Task<string> PinAsync(Guid parcel, CancellationToken cancellationToken) =>
        (
            await UntilAsync(
                "the PIN",
                () => FindAsync<SeenParcel>($"/deliveries/{parcel}", shopper.Actor, cancellationToken),
                seen => seen.Pin is not null,
                cancellationToken
            )
        ).Pin!;

    /// <summary>Somebody without credentials gives a PIN.</summary>
    public Task ConfirmByPinAsync(Guid parcel, string pin, CancellationToken cancellationToken) =>
        TryAsync("confirm by PIN", HttpMethod.Post, $"/deliveries/{parcel}/confirm", actor: null, new { pin }, cancellationToken);

    /// <summary>The operator settles the order's only task, of this kind.</summary>
    public async Task SettleAsync(Guid order, string kind, string resolution, CancellationToken cancellationToken)
    {
        var page = await UntilAsync(
            $"the task {kind}",
            () => FindAsync<SeenPage<SeenTask>>($"/operator-tasks?orderId={order}&kind={kind}", Operator, cancellationToken),
            tasks => tasks.Items.Count == 1,
            cancellationToken
        );
        var body = new { resolution, reason = "the customer was asked" };
        await TryAsync(resolution, HttpMethod.Post, $"/operator-tasks/{page.Items[0].TaskId}/resolve", Operator, body, cancellationToken);
    }

    /// <summary>The operator takes a voucher out of use.</summary>
    public Task DisableAsync(string voucher, CancellationToken cancellationToken)
    {
        var body = new { reason = "it was given away" };
        return TryAsync("disable", HttpMethod.Post, $"/vouchers/{voucher}/disable", Operator, body, cancellationToken);
    }

    /// <summary>The customer does not have what is said to be delivered.</summary>
    public Task DisputeAsync(Guid parcel, string reason, CancellationToken cancellationToken) =>
        TryAsync("dispute", HttpMethod.Post, $"/deliveries/{parcel}/dispute", shopper.Actor, new { reason }, cancellationToken);

    /// <summary>The operator decides about a parcel.</summary>
    public Task DecideAsync(Guid parcel, string resolution, string? goods, CancellationToken cancellationToken) =>
        TryAsync(
            resolution,
            HttpMethod.Post,
            $"/deliveries/{parcel}/resolution",
            Operator,
            new
            {
                resolution,
                reason = "as the scenario says",
                goods,
            },
            cancellationToken
        );

    /// <summary>The customer wants it no more. Waits until that is decided, which may be after the answer.</summary>
    public async Task CancelAsync(Guid order, CancellationToken cancellationToken)
    {
        var body = new { reason = "changed my mind" };
        using var answer = await SendAsync(HttpMethod.Post, $"/orders/{order}/cancel", shopper.Actor, body, cancellationToken);
        var decided = await UntilAsync(
            "the end of the cancelling",
            () => FindAsync<SeenOrder>($"/orders/{order}", shopper.Actor, cancellationToken),
            seen => Final.Contains(seen.Status) || seen.CancelRefusal is not null,
            cancellationToken
        );
        if (decided.CancelRefusal is not null)
        {
            answers.Add("cancel refused");
        }
    }

    /// <summary>The customer tries once more, with another means of payment.</summary>
    public Task RetryAsync(Guid order, string paymentToken, CancellationToken cancellationToken) =>
        TryAsync(
            "retry",
            HttpMethod.Post,
            $"/orders/{order}/retry",
            shopper.Actor,
            new { reason = "another card", paymentToken },
            cancellationToken
        );

    /// <summary>The operator has handed over the goods.</summary>
    public Task FulfilAsync(Guid order, CancellationToken cancellationToken) =>
        TryAsync(
            "fulfil",
            HttpMethod.Put,
            $"/orders/{order}/fulfillment",
            Operator,
            new { reason = "handed over in the shop" },
            cancellationToken
        );

    /// <summary>The code of the voucher that an order has earned.</summary>
    public async Task<string> EarnedAsync(Guid order, CancellationToken cancellationToken) =>
        (
            await UntilAsync(
                "the voucher",
                () => shop.FindVoucherAsync(order, shopper, cancellationToken),
                voucher => voucher.State == "READY",
                cancellationToken
            )
        ).Code;

    /// <summary>Somebody resets the order's workflow to its beginning, with Temporal's own tools.</summary>
    public async Task ResetAsync(Guid order, CancellationToken cancellationToken)
    {
        var rpc = new RpcOptions { CancellationToken = cancellationToken };
        var running = temporal.GetWorkflowHandle($"order-{order}");
        var history = await running.FetchHistoryAsync(new WorkflowHistoryEventFetchOptions { Rpc = rpc });
        var first = history.Events.First(happened => happened.WorkflowTaskCompletedEventAttributes is not null);
        await temporal.WorkflowService.ResetWorkflowExecutionAsync(
            new()
            {
                Namespace = temporal.Options.Namespace,
                WorkflowExecution = new() { WorkflowId = running.Id },
                Reason = "the scenario says so",
                RequestId = Guid.CreateVersion7().ToString(),
                WorkflowTaskFinishEventId = first.EventId,
            },
            rpc
        );
        answers.Add("workflow reset");
    }

    /// <summary>The payment service says by the broker that it has the money.</summary>
    public async Task PayByBrokerAsync(Guid order, CancellationToken cancellationToken)
    {
        var charge = await UntilAsync(
            "the charge",
            () =>
                Task.FromResult(
                    Ledger<PaymentEntry>
                        .Look(options.PaymentsLedger)
                        .OfType<PaymentEntry.Charged>()
                        .FirstOrDefault(entry => entry.OrderId == order)
                ),
            _ => true,
            cancellationToken
        );
        await broker!.PublishPaymentAsync(charge, cancellationToken);
        answers.Add("payment.succeeded sent");
    }

    private object Order(IReadOnlyList<KindLine> lines, string token, string? mark, string? voucher) =>
        new
        {
            customerId = shopper.Id,
            lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }),
            paymentToken = token,
            voucherCode = voucher,
            deliveryAddress = mark is null ? null : shopper.AddressWith(mark),
        };

    private async Task TryAsync(
        string what,
        HttpMethod method,
        string path,
        string? actor,
        object body,
        CancellationToken cancellationToken
    )
    {
        WaitsFor = $"the answer to {what}";
        using var answer = await SendAsync(method, path, actor, body, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var refusal = await answer.Content.ReadFromJsonAsync<SeenRefusal>(cancellationToken);
            // A refusal for faults says of each what it is; its own code says only that there are some.
            var code = refusal?.Errors is [var fault, ..] ? fault.Code : refusal?.Code;
            answers.Add(string.Create(CultureInfo.InvariantCulture, $"{what} refused {(int)answer.StatusCode} {code}"));
        }
    }

    private async Task<T?> FindAsync<T>(string path, string actor, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await SendAsync(HttpMethod.Get, path, actor, body: null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<T>(cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? actor,
        object? body,
        CancellationToken cancellationToken
    )
    {
        var key = method == HttpMethod.Get ? null : Guid.CreateVersion7().ToString();
        return shop.AskAsync(() => ShopClient.Message(method, path, actor, body, key), cancellationToken);
    }

    private async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look, Func<T, bool> isThere, CancellationToken cancellationToken)
        where T : class
    {
        WaitsFor = what;
        while (true)
        {
            if (await look() is { } seen && isThere(seen))
            {
                return seen;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
