using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Tests;

public sealed class PaymentsTests
{
    [Theory]
    [InlineData("tok_ok", "settled")]
    [InlineData("tok_declined", "declined")]
    [InlineData("tok_declined_once", "declined")]
    [InlineData("tok_pending", "pending")]
    [InlineData("tok_pending_for_ever", "pending")]
    [InlineData("tok_made_up", "declined")]
    public async Task The_token_decides(string token, string status)
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");

        using var answer = await payments.PostAsync("/charges", Charge(token), "key");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(status, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_card_that_is_declined_once_is_good_at_the_second_attempt()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");

        using var answer = await payments.PostAsync("/charges", Charge("tok_declined_once") with { Attempt = 2 }, "key");

        Assert.Equal("settled", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_request_that_is_not_answered_has_taken_effect()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments", "--SilenceRate=1");
        using var impatient = new CancellationTokenSource();

        var asking = payments.PostAsync("/charges", Charge(), "key", impatient.Token);
        while (!payments.Entries("charged").Any())
        {
            Assert.False(asking.IsCompleted);
        }

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task An_event_that_is_lost_is_never_sent_but_asking_tells_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var payments = await SimulatorProcess.StartAsync("payments", ["--Pace=0", "--LossRate=1", .. receiver.Settings]);
        using var charged = await payments.PostAsync("/charges", Charge("tok_pending"), "key");
        var id = (await charged.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("paymentId").GetString();

        string? status;
        do
        {
            status = (await payments.Http.GetFromJsonAsync<JsonElement>($"/charges/{id}")).GetProperty("status").GetString();
        } while (status == "pending");

        Assert.Equal("settled", status);
        Assert.True(payments.Entries("decided").Single().GetProperty("unsent").GetBoolean());
    }

    [Fact]
    public async Task A_charge_that_was_answered_survives_kill_9_and_is_not_made_twice()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        var charge = Charge();
        using var first = await payments.PostAsync("/charges", charge, "key");

        await payments.KillAsync();
        await payments.StartAsync();
        using var again = await payments.PostAsync("/charges", charge, "key");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Single(payments.Entries("charged"));
    }

    [Fact]
    public async Task The_ledger_convicts_whoever_charges_an_order_under_two_keys()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        var charge = Charge();

        (await payments.PostAsync("/charges", charge, "one")).Dispose();
        (await payments.PostAsync("/charges", charge, "two")).Dispose();
        using var misused = await payments.PostAsync("/charges", Charge(), "one");

        Assert.Equal(2, payments.Entries("charged").Count(entry => entry.GetProperty("orderId").GetGuid() == charge.OrderId));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, misused.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_repeats_with_its_key_through_any_number_of_faults_pays_once()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments", "--ErrorRate=0.7");
        var charge = Charge();

        HttpStatusCode status;
        do
        {
            using var answer = await payments.PostAsync("/charges", charge, "key");
            status = answer.StatusCode;
        } while (status == HttpStatusCode.ServiceUnavailable);

        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, $"{status}");
        Assert.Single(payments.Entries("charged"));
    }

    [Fact]
    public async Task The_money_goes_back_once()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        using var charged = await payments.PostAsync("/charges", Charge(), "key");
        var id = (await charged.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("paymentId").GetString();

        using var refunded = await payments.PostAsync($"/charges/{id}/refund", new { }, "refund");
        await payments.KillAsync();
        await payments.StartAsync();
        using var again = await payments.PostAsync($"/charges/{id}/refund", new { }, "refund");
        using var other = await payments.PostAsync($"/charges/{id}/refund", new { }, "other");

        Assert.Equal("refunded", (await refunded.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Single(payments.Entries("refunded"));
    }

    [Fact]
    public async Task A_charge_is_found_by_its_order_and_attempt()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        var charge = Charge();
        using var charged = await payments.PostAsync("/charges", charge, "key");
        var made = await charged.Content.ReadFromJsonAsync<JsonElement>();
        await payments.KillAsync();
        await payments.StartAsync();

        var found = await payments.Http.GetFromJsonAsync<JsonElement>($"/charges?orderId={charge.OrderId}&attempt={charge.Attempt}");
        var none = await payments.Http.GetFromJsonAsync<JsonElement>($"/charges?orderId={charge.OrderId}&attempt={charge.Attempt + 1}");

        Assert.Equal(made.GetRawText(), Assert.Single(found.EnumerateArray()).GetRawText());
        Assert.Empty(none.EnumerateArray());
    }

    [Fact]
    public async Task What_was_declined_or_never_charged_cannot_be_refunded()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        using var declined = await payments.PostAsync("/charges", Charge("tok_declined"), "key");
        var id = (await declined.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("paymentId").GetString();

        using var refused = await payments.PostAsync($"/charges/{id}/refund", new { }, "refund");
        using var unknown = await payments.PostAsync("/charges/pay_none/refund", new { }, "refund");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Empty(payments.Entries("refunded"));
    }

    [Theory]
    [InlineData("tok_pending", "payment.settled", "settled")]
    [InlineData("tok_pending_declined", "payment.declined", "declined")]
    public async Task A_pending_charge_is_decided_later_and_told_even_when_killed_in_between(string token, string type, string status)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var payments = await SimulatorProcess.StartAsync("payments", ["--Pace=00:00:00.3", .. receiver.Settings]);
        using var charged = await payments.PostAsync("/charges", Charge(token), "key");
        var id = (await charged.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("paymentId").GetString();

        await payments.KillAsync();
        await payments.StartAsync();

        var told = await receiver.NextAsync();
        Assert.True(told.Signed);
        Assert.Equal(type, told.Type);
        Assert.Equal(id, told.Body.GetProperty("paymentId").GetString());
        Assert.Equal(status, (await payments.Http.GetFromJsonAsync<JsonElement>($"/charges/{id}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_charge_that_makes_no_sense_is_refused_with_every_fault()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");

        using var answer = await payments.PostAsync("/charges", Charge() with { Attempt = 0, AmountCents = -1, Currency = "USD" }, "key");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["amountCents", "attempt", "currency"], errors.EnumerateObject().Select(error => error.Name).Order());
        Assert.Empty(payments.Entries("charged"));
    }

    private static ChargeOf Charge(string token = "tok_ok") => new(Guid.CreateVersion7(), 1, 8900, "EUR", token);

    private sealed record ChargeOf(Guid OrderId, int Attempt, long AmountCents, string Currency, string PaymentToken);
}
