using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Tests;

public sealed class PartnerTests
{
    private const string Calm = "--FailureRate=0";
    private const string Instant = "--Pace=00:00:00";
    private const string Never = "--Pace=1.00:00:00";

    [Fact]
    public async Task A_delivery_is_booked_picked_up_and_delivered_and_every_event_is_told_signed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, Instant, .. receiver.Settings]);
        var booking = Booking();

        using var answer = await partner.PostAsync("/deliveries", booking, booking.Key);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetBoolean());
        ReceivedEvent[] events = [await receiver.NextAsync(), await receiver.NextAsync()];
        Assert.Equal(["DELIVERED", "PICKED_UP"], events.Select(e => e.Type).Order());
        Assert.All(events, e =>
        {
            Assert.True(e.Signed);
            Assert.Equal(e.Id, e.Body.GetProperty("eventId").GetString());
            Assert.Equal(booking.DeliveryOrderId, e.Body.GetProperty("deliveryOrderId").GetGuid());
            Assert.NotEmpty(e.Body.GetProperty("partnerDeliveryNumber").GetString()!);
        });
        var state = await partner.Http.GetFromJsonAsync<JsonElement>($"/deliveries/{booking.DeliveryOrderId}");
        Assert.Equal("DELIVERED", state.GetProperty("state").GetString());
        Assert.Equal(2, state.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_booking_that_was_answered_survives_kill_9_and_is_not_made_twice()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Never);
        var booking = Booking();
        using var first = await partner.PostAsync("/deliveries", booking, booking.Key);

        await partner.KillAsync();
        await partner.StartAsync();
        using var again = await partner.PostAsync("/deliveries", booking, booking.Key);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Single(partner.Entries("booked"));
    }

    [Fact]
    public async Task Two_hundred_bookings_at_once_are_all_in_the_ledger_after_kill_9()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Never);
        var bookings = Enumerable.Range(0, 200).Select(_ => Booking()).ToList();

        await Task.WhenAll(
            bookings.Select(async booking =>
            {
                using var answer = await partner.PostAsync("/deliveries", booking, booking.Key);
                answer.EnsureSuccessStatusCode();
            })
        );
        await partner.KillAsync();

        Assert.Equal(
            bookings.Select(booking => booking.DeliveryOrderId).Order(),
            partner.Entries("booked").Select(entry => entry.GetProperty("deliveryOrderId").GetGuid()).Order()
        );
    }

    [Fact]
    public async Task A_torn_last_line_is_cut_off_at_the_next_start()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Never);
        Booked kept = Booking(),
            lost = Booking();
        (await partner.PostAsync("/deliveries", kept, kept.Key)).Dispose();
        await partner.KillAsync();
        await File.AppendAllTextAsync(partner.Ledger, """{"kind":"booked","deliveryOr""");

        await partner.StartAsync();
        (await partner.PostAsync("/deliveries", lost, lost.Key)).Dispose();

        Assert.Equal(
            [kept.DeliveryOrderId, lost.DeliveryOrderId],
            partner.Entries("booked").Select(entry => entry.GetProperty("deliveryOrderId").GetGuid())
        );
    }

    [Fact]
    public async Task A_ledger_damaged_in_its_middle_is_refused_with_the_line()
    {
        var ledger = Path.GetTempFileName();
        await File.WriteAllTextAsync(ledger, "nonsense\n{}\n");

        var (exitCode, _, error) = await SimulatorProcess.RunAsync("partner", $"--Ledger={ledger}", "--Urls=http://127.0.0.1:0");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("line 1: nonsense", error, StringComparison.Ordinal);
        Assert.Equal("nonsense\n{}\n", await File.ReadAllTextAsync(ledger));
        File.Delete(ledger);
    }

    [Fact]
    public async Task A_ledger_belongs_to_one_process_at_a_time()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner");

        var (exitCode, _, error) = await SimulatorProcess.RunAsync("partner", $"--Ledger={partner.Ledger}", "--Urls=http://127.0.0.1:0");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(partner.Ledger, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_goes_on_where_kill_9_left_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, "--Pace=00:00:00.4", .. receiver.Settings]);
        var booking = Booking();
        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();
        Assert.Equal("PICKED_UP", (await receiver.NextAsync()).Type);

        await partner.KillAsync();
        await partner.StartAsync();

        // The pickup may come again (its acknowledgement may not have reached the disk), but nothing may be missing.
        string last;
        do
        {
            last = (await receiver.NextAsync()).Type;
        } while (last == "PICKED_UP");
        Assert.Equal("DELIVERED", last);
        Assert.Equal(
            ["PICKED_UP", "DELIVERED"],
            partner.Entries("happened").Select(entry => entry.GetProperty("event").GetProperty("type").GetString())
        );
    }

    [Fact]
    public async Task An_event_is_sent_again_until_it_is_answered_2xx_over_kill_9_too()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, Instant, .. receiver.Settings]);
        receiver.Answer = _ => 500;
        var booking = Booking();
        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();
        var before = new HashSet<string>();
        while (before.Count < 2)
        {
            before.Add((await receiver.NextAsync()).Id);
        }

        await partner.KillAsync();

        receiver.Answer = e => before.Contains(e.Id) ? 204 : 500;
        await partner.StartAsync();
        var after = new HashSet<string>();
        while (after.Count < 2)
        {
            after.Add((await receiver.NextAsync()).Id);
        }

        Assert.Equal(before, after);
    }

    [Fact]
    public async Task FAIL_in_the_address_fails_the_first_attempt_with_that_reason_and_no_later_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, Instant, .. receiver.Settings]);
        var first = Booking(line2: "2nd floor FAIL:RECIPIENT_ABSENT please");
        var second = first with { DeliveryOrderId = Guid.CreateVersion7(), Attempt = 2 };

        (await partner.PostAsync("/deliveries", first, first.Key)).Dispose();
        ReceivedEvent[] events = [await receiver.NextAsync(), await receiver.NextAsync()];
        (await partner.PostAsync("/deliveries", second, second.Key)).Dispose();
        ReceivedEvent[] later = [await receiver.NextAsync(), await receiver.NextAsync()];

        var failed = Assert.Single(events, e => e.Type == "FAILED");
        Assert.Equal("RECIPIENT_ABSENT", failed.Body.GetProperty("reason").GetString());
        Assert.Contains(later, e => e.Type == "DELIVERED");
    }

    [Fact]
    public async Task A_partner_that_rejects_says_so_in_its_answer_and_tells_nothing_later()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Instant);
        var booking = Booking(line2: "FAIL:PARTNER_REJECTED");

        using var answer = await partner.PostAsync("/deliveries", booking, booking.Key);

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(body.GetProperty("accepted").GetBoolean());
        Assert.Equal("PARTNER_REJECTED", body.GetProperty("reason").GetString());
        Assert.Equal(
            "REFUSED",
            (await partner.Http.GetFromJsonAsync<JsonElement>($"/deliveries/{booking.DeliveryOrderId}")).GetProperty("state").GetString()
        );
    }

    [Theory]
    [InlineData(404)]
    [InlineData(422)]
    public async Task REFUSE_in_the_address_has_the_first_booking_answered_so_and_no_later_one(int status)
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Instant);
        var first = Booking(line2: $"REFUSE:{status}");
        var second = first with { DeliveryOrderId = Guid.CreateVersion7(), Attempt = 2 };

        using var refused = await partner.PostAsync("/deliveries", first, first.Key);
        using var again = await partner.PostAsync("/deliveries", first, first.Key);
        using var taken = await partner.PostAsync("/deliveries", second, second.Key);

        Assert.Equal((status, status), ((int)refused.StatusCode, (int)again.StatusCode));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal([false, true], partner.Entries("booked").Select(entry => entry.GetProperty("accepted").GetBoolean()));
    }

    [Fact]
    public async Task HOLD_PICKUP_in_the_address_keeps_an_orders_first_parcel_waiting_and_no_later_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, Instant, .. receiver.Settings]);
        var first = Booking(line2: "HOLD:PICKUP");
        var second = first with { DeliveryOrderId = Guid.CreateVersion7(), Attempt = 2 };

        (await partner.PostAsync("/deliveries", first, first.Key)).Dispose();
        (await partner.PostAsync("/deliveries", second, second.Key)).Dispose();
        ReceivedEvent[] events = [await receiver.NextAsync(), await receiver.NextAsync()];

        Assert.All(events, told => Assert.Equal(second.DeliveryOrderId, told.Body.GetProperty("deliveryOrderId").GetGuid()));
        var held = await partner.Http.GetFromJsonAsync<JsonElement>($"/deliveries/{first.DeliveryOrderId}");
        Assert.Equal("BOOKED", held.GetProperty("state").GetString());
    }

    [Fact]
    public async Task With_disorder_the_pickup_is_told_last_and_with_duplicates_everything_twice()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync(
            "partner",
            [Calm, Instant, "--DisorderRate=1", "--DuplicateRate=1", .. receiver.Settings]
        );
        var booking = Booking();

        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();
        ReceivedEvent[] events =
        [
            await receiver.NextAsync(),
            await receiver.NextAsync(),
            await receiver.NextAsync(),
            await receiver.NextAsync(),
        ];

        Assert.Equal("DELIVERED", events[0].Type);
        Assert.Equal([2, 2], events.GroupBy(e => e.Id).Select(same => same.Count()));
    }

    [Fact]
    public async Task A_key_is_for_one_booking_and_another_key_is_another_booking()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Never);
        var booking = Booking();
        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();

        using var otherBody = await partner.PostAsync("/deliveries", booking with { Attempt = 2 }, booking.Key);
        using var otherKey = await partner.PostAsync("/deliveries", booking, "another");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, otherBody.StatusCode);
        Assert.Equal(HttpStatusCode.Created, otherKey.StatusCode);
        Assert.Equal(2, partner.Entries("booked").Count);
    }

    [Fact]
    public async Task A_delivery_can_be_called_off_until_its_pickup()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner", Calm, Never);
        var booking = Booking();
        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();

        using var cancelled = await partner.Http.PostAsync($"/deliveries/{booking.DeliveryOrderId}/cancel", null);
        using var again = await partner.Http.PostAsync($"/deliveries/{booking.DeliveryOrderId}/cancel", null);
        using var unknown = await partner.Http.PostAsync($"/deliveries/{Guid.CreateVersion7()}/cancel", null);

        Assert.Equal("CANCELLED", (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Single(partner.Entries("cancelled"));
    }

    [Fact]
    public async Task A_picked_up_delivery_cannot_be_called_off()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var partner = await SimulatorProcess.StartAsync("partner", [Calm, Instant, .. receiver.Settings]);
        var booking = Booking();
        (await partner.PostAsync("/deliveries", booking, booking.Key)).Dispose();
        await receiver.NextAsync();

        using var refused = await partner.Http.PostAsync($"/deliveries/{booking.DeliveryOrderId}/cancel", null);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task A_booking_that_says_nothing_is_refused_with_what_is_missing()
    {
        await using var partner = await SimulatorProcess.StartAsync("partner");

        using var empty = await partner.PostAsync("/deliveries", new { }, "key");
        using var keyless = await partner.Http.PostAsync("/deliveries", JsonContent.Create(Booking()));

        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("deliveryOrderId", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", await keyless.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(partner.Entries("booked"));
    }

    private static Booked Booking(string? line2 = null) =>
        new(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            1,
            new
            {
                name = "Ada",
                line1 = "1 Analytical Road",
                line2,
                postalCode = "10115",
                city = "Berlin",
                country = "DE",
            },
            [new { sku = "LAMP-DESK", quantity = 1 }]
        );

    private sealed record Booked(Guid DeliveryOrderId, Guid OrderId, int Attempt, object Address, object[] Lines)
    {
        public string Key => DeliveryOrderId.ToString();
    }
}
