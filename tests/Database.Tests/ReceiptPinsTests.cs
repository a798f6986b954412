using System.Security.Cryptography;
using Npgsql;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Testing;

namespace TemporalDelivery.Database.Tests;

/// <summary>Six digits can be tried out, so wrong PINs are counted.</summary>
public sealed class ReceiptPinsTests
{
    private readonly ReceiptPin pin = new([RandomNumberGenerator.GetBytes(32)]);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_wrong_PINs_lock_the_right_one_out_for_an_hour_and_tell_an_operator_once()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);

        for (var left = 4; left > 0; left--)
        {
            Assert.Equal(new PinCheck(false, left, null), await WrongAsync(pins, delivery));
        }

        var fifth = await WrongAsync(pins, delivery);
        var right = await RightAsync(pins, delivery);
        await WrongAsync(pins, delivery);

        Assert.Equal((false, 0), (fifth.IsRight, fifth.TriesLeft));
        Assert.InRange(fifth.LockedTill!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(61));
        Assert.Equal(fifth with { IsRight = false }, right);
        Assert.Equal(["RECEIPT_LOCKED 1"], await TasksAsync(shop, delivery));
    }

    [Fact]
    public async Task After_the_hour_the_right_PIN_is_right_again_and_five_more_wrong_ones_are_told_anew()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);
        await FiveWrongAsync(pins, delivery);
        await shop.ExecuteAsync("update orders.operator_tasks set closed_at = now(), closed_by = 'operator:olga', reason = 'a child'");
        await PassAnHourAsync(shop);

        Assert.Equal(new PinCheck(false, 4, null), await WrongAsync(pins, delivery));
        Assert.True((await RightAsync(pins, delivery)).IsRight);
        await FiveWrongAsync(pins, delivery);

        Assert.Equal(["RECEIPT_LOCKED 1", "RECEIPT_LOCKED 2"], await TasksAsync(shop, delivery));
        await PassAnHourAsync(shop);
        Assert.True((await RightAsync(pins, delivery)).IsRight);
    }

    [Fact]
    public async Task A_right_PIN_makes_up_for_the_wrong_ones_before_it()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);
        await WrongAsync(pins, delivery);
        await WrongAsync(pins, delivery);

        Assert.Equal(new PinCheck(true, 5, null), await RightAsync(pins, delivery));
        Assert.Equal(4, (await WrongAsync(pins, delivery)).TriesLeft);
    }

    [Fact]
    public async Task The_same_try_sent_again_counts_once()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);

        for (var time = 0; time < 10; time++)
        {
            Assert.Equal(new PinCheck(false, 4, null), await WrongAsync(pins, delivery, "try-1"));
        }
    }

    [Fact]
    public async Task Of_tries_made_at_once_no_more_than_four_get_away_unlocked()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);

        var checks = await ShopSteps.AtOnceAsync(20, () => WrongAsync(pins, delivery));

        Assert.InRange(checks.Count(check => check.LockedTill is null), 0, 4);
        Assert.False((await RightAsync(pins, delivery)).IsRight);
        Assert.Equal(["RECEIPT_LOCKED 1"], await TasksAsync(shop, delivery));
    }

    [Fact]
    public async Task One_parcels_wrong_PINs_lock_no_other_parcel()
    {
        await using var shop = await Shop.OpenAsync();
        var (locked, pins) = await OpenAsync(shop);
        var (other, _) = await OpenAsync(shop);

        await FiveWrongAsync(pins, locked);

        Assert.True((await RightAsync(pins, other)).IsRight);
        Assert.False((await RightAsync(pins, locked)).IsRight);
    }

    [Fact]
    public async Task Nothing_is_counted_of_a_delivery_that_is_over_and_its_end_forgets_what_was()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);
        await FiveWrongAsync(pins, delivery);
        var order = await shop.SingleAsync<Guid>("select order_id from orders.orders");
        var cancelled = new DeliveryMoved(DeliveryState.Created, DeliveryState.Cancelled, DeliveryEvents.Cancel, null, "no", Actor.System);

        await new ActivityEnvironment().RunAsync(() =>
            shop.Get<DeliveryStore>().RecordDeliveryMovesAsync(new(delivery, order, [cancelled], IsOver: true))
        );
        await FiveWrongAsync(pins, delivery);

        Assert.Equal(0, await shop.SingleAsync<long>("select count(*) from deliveries.receipt_tries"));
        Assert.Equal(
            ["RECEIPT_LOCKED system the delivery is over"],
            await shop.ListAsync<string>("select concat_ws(' ', kind, closed_by, reason) from orders.operator_tasks")
        );
    }

    [Theory]
    [InlineData("\"012345\"", "012345")]
    [InlineData("12345", "012345")]
    [InlineData("\"\"", null)]
    [InlineData("\"12345x\"", null)]
    [InlineData("1234567", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("null", null)]
    [InlineData("{\"of\":1}", null)]
    public void What_another_company_says_is_a_PIN_or_nothing(string said, string? pin) =>
        Assert.Equal(pin, ReceiptPin.From(System.Text.Json.JsonDocument.Parse(said).RootElement));

    [Fact]
    public async Task Only_a_DELIVERED_with_the_right_PIN_is_proven()
    {
        await using var shop = await Shop.OpenAsync();
        var (delivery, pins) = await OpenAsync(shop);
        var right = pin.Of(delivery);
        var delivered = new PartnerEvent("evt-1", DeliveryEvents.Delivered, null, null, null, DateTimeOffset.UnixEpoch, IsProven: true);

        Assert.True((await pins.ProveAsync(delivery, delivered, right, Now)).IsProven);
        Assert.False((await pins.ProveAsync(delivery, delivered, null, Now)).IsProven);
        Assert.False((await pins.ProveAsync(delivery, delivered, Other(right!), Now)).IsProven);
        Assert.False((await pins.ProveAsync(delivery, delivered with { Type = DeliveryEvents.Failed }, right, Now)).IsProven);
    }

    [Fact]
    public void PINs_are_six_digits_each_parcels_own_and_those_of_an_older_key_are_still_right()
    {
        byte[] old = [.. Enumerable.Repeat((byte)1, 32)];
        byte[] next = [.. Enumerable.Repeat((byte)2, 32)];
        var parcels = Enumerable.Range(0, 200).Select(_ => Guid.CreateVersion7()).ToList();
        var before = new ReceiptPin([old]);
        var after = new ReceiptPin([next, old]);

        Assert.All(parcels, parcel => Assert.True(ReceiptPin.IsWellFormed(before.Of(parcel)!)));
        Assert.InRange(parcels.Select(before.Of).Distinct().Count(), 190, 200);
        Assert.All(parcels, parcel => Assert.True(after.IsRight(parcel, before.Of(parcel)!) && after.IsRight(parcel, after.Of(parcel)!)));
        Assert.InRange(parcels.Count(parcel => before.Of(parcel) != after.Of(parcel)), 190, 200);
        Assert.Null(new ReceiptPin([]).Of(parcels[0]));
        Assert.False(new ReceiptPin([]).IsRight(parcels[0], before.Of(parcels[0])!));
    }

    private async Task<(Guid Delivery, ReceiptPins Pins)> OpenAsync(Shop shop)
    {
        var order = await shop.AdmittedAsync(("BOOK-DDIA", 1));
        var delivery = (await shop.StoreAsync(order)).Delivery!.DeliveryOrderId;
        return (delivery, new ReceiptPins(shop.Get<NpgsqlDataSource>(), pin));
    }

    private Task<PinCheck> RightAsync(ReceiptPins pins, Guid delivery) =>
        pins.CheckAsync(delivery, pin.Of(delivery)!, Guid.NewGuid().ToString(), Now);

    private Task<PinCheck> WrongAsync(ReceiptPins pins, Guid delivery, string? tryId = null) =>
        pins.CheckAsync(delivery, Other(pin.Of(delivery)!), tryId ?? Guid.NewGuid().ToString(), Now);

    private async Task FiveWrongAsync(ReceiptPins pins, Guid delivery)
    {
        for (var time = 0; time < 5; time++)
        {
            await WrongAsync(pins, delivery);
        }
    }

    private static string Other(string pin) => pin == "000000" ? "000001" : "000000";

    private static Task PassAnHourAsync(Shop shop) =>
        shop.ExecuteAsync("update deliveries.receipt_tries set locked_till = locked_till - interval '1 hour'");

    private static Task<IReadOnlyList<string>> TasksAsync(Shop shop, Guid delivery) =>
        shop.ListAsync<string>(
            "select kind || ' ' || occurrence from orders.operator_tasks where delivery_order_id = @delivery order by task_id",
            new { delivery }
        );
}
