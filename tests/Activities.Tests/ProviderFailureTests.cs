using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Activities.Partner.Http;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Activities.Payments.Http;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests;

/// <summary>What is wrong with a provider or the way to it is tried again, and says what an operator can do something with.</summary>
public sealed class ProviderFailureTests : IAsyncLifetime
{
    private static readonly OrderAttempt Attempt = new(Guid.CreateVersion7(), 1);

    private static readonly Parcel Parcel = new(
        Guid.CreateVersion7(),
        Guid.CreateVersion7(),
        1,
        new Address("Ada", "Way 1", null, "10115", "Berlin", "DE"),
        [new OrderLine("BOOK-DDIA", "Designing", 2, 4550, LineKind.Physical)]
    );

    private Provider provider = null!;

    public async ValueTask InitializeAsync() => provider = await Provider.StartAsync();

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Fact]
    public async Task A_refused_connection_is_tried_again()
    {
        await provider.DisposeAsync();

        var failure = await FailureAsync(() => ChargeAsync());

        Assert.Equal((false, "PROVIDER_UNREACHABLE"), (failure.NonRetryable, failure.ErrorType));
        Assert.StartsWith(
            "The payment provider cannot be reached: Connection refused",
            failure.GetBaseException().Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_tried_again()
    {
        provider.NeverAnswers();

        var failure = await FailureAsync(() => ChargeAsync(patience: TimeSpan.FromMilliseconds(200)));

        Assert.Equal(
            (false, "The payment provider cannot be reached: no answer in time"),
            (failure.NonRetryable, failure.GetBaseException().Message)
        );
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_tried_again()
    {
        provider.HangsUp();

        var failure = await FailureAsync(() => BookAsync());

        Assert.Equal((false, "PROVIDER_UNREACHABLE"), (failure.NonRetryable, failure.ErrorType));
    }

    [Fact]
    public async Task A_cancelled_call_stops_waiting_and_is_no_failure_of_the_provider()
    {
        provider.NeverAnswers();
        using var cancellation = new CancellationTokenSource();

        var booking = BookAsync(cancellation.Token);
        await provider.AskedAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => booking);
    }

    [Theory]
    [InlineData(200, "", "an empty answer")]
    [InlineData(200, "null", "no object")]
    [InlineData(200, "{}", "an object that says nothing")]
    [InlineData(200, """{"paymentId":"pay_1","status":"perhaps"}""", "an unknown status")]
    [InlineData(200, """{"status":"settled"}""", "no id")]
    [InlineData(200, "<html>maintenance</html>", "no JSON")]
    [InlineData(200, """{"paymentId":"pay_1","status":"settled","reason":""", "cut off")]
    [InlineData(401, """{"detail":"who are you?"}""", "a wrong credential")]
    [InlineData(404, "not here", "a wrong address")]
    [InlineData(409, """{"detail":"still at it"}""", "still being charged")]
    [InlineData(429, "", "too many requests")]
    [InlineData(500, "<html>", "out of order")]
    [InlineData(503, "{}", "maintenance")]
    public async Task A_charge_whose_answer_decides_nothing_is_tried_again(int status, string body, string what)
    {
        provider.Answers(status, body);

        var failure = await Record.ExceptionAsync(() => ChargeAsync());

        Assert.True(
            failure is not null and not ApplicationFailureException { NonRetryable: true } and not NullReferenceException,
            $"{what}: {failure}"
        );
    }

    [Theory]
    [InlineData("", "an empty answer")]
    [InlineData("null", "no object")]
    [InlineData("{}", "neither accepted nor refused")]
    [InlineData("""{"accepted":"yes"}""", "of the wrong type")]
    public async Task A_booking_whose_answer_decides_nothing_is_tried_again_and_not_taken_for_a_refusal(string body, string what)
    {
        provider.Answers(200, body);

        var failure = await Record.ExceptionAsync(() => BookAsync());

        Assert.True(
            failure is not null and not ApplicationFailureException { NonRetryable: true } and not NullReferenceException,
            $"{what}: {failure}"
        );
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task A_request_that_the_provider_finds_fault_with_is_a_bug_and_says_what_in_bounds(int status)
    {
        provider.Answers(status, new string('x', 100_000));

        var bug = await FailureAsync(() => ChargeAsync());

        Assert.Equal((true, "REQUEST_REFUSED"), (bug.NonRetryable, bug.ErrorType));
        Assert.InRange(bug.Message.Length, 500, 600);
    }

    [Fact]
    public async Task A_charge_that_the_provider_does_not_know_is_none()
    {
        provider.Answers(404, """{"detail":"There is no payment pay_9."}""");
        provider.Answers(200, """{"paymentId":"pay_9","status":"refunded"}""");
        await using var services = Services(patience: null);
        var payments = services.GetRequiredService<IPaymentProvider>();

        Assert.Null(await payments.FindAsync("pay_9", TestContext.Current.CancellationToken));
        Assert.Equal(
            new ProviderCharge("pay_9", ChargeOutcome.Declined, null, Refunded: true),
            await payments.FindAsync("pay_9", TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_booking_that_the_partner_finds_fault_with_is_refused_and_says_what_in_bounds(int status)
    {
        provider.Answers(status, $$"""{"detail":"no such street {{new string('x', 100_000)}}"}""");

        var booking = await BookAsync();

        Assert.False(booking.Accepted);
        Assert.StartsWith($"{status}: no such street xxx", booking.Reason, StringComparison.Ordinal);
        Assert.InRange(booking.Reason!.Length, 500, 600);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_booking_that_is_not_taken_now_is_tried_again(int status)
    {
        provider.Answers(status, "later");

        var failure = await FailureAsync(() => BookAsync());

        Assert.Equal((false, $"The delivery partner cannot answer ({status}): later"), (failure.NonRetryable, failure.Message));
    }

    [Fact]
    public async Task What_no_table_can_bear_is_left_out_of_what_they_say()
    {
        provider.Answers(200, """{"paymentId":"pay_1","status":"declined","reason":"no\u0000 funds"}""");
        var charge = await ChargeAsync();
        provider.Answers(200, """{"accepted":false,"reason":"no\u0000 room"}""");
        var refused = await BookAsync();
        provider.Answers(422, """{"detail":"no such\u0000 street"}""");
        var found = await BookAsync();

        Assert.Equal(("no funds", "no room", "422: no such street"), (charge.Reason, refused.Reason, found.Reason));
    }

    private static Task<ApplicationFailureException> FailureAsync(Func<Task> call) => Assert.ThrowsAsync<ApplicationFailureException>(call);

    private async Task<BookingResult> BookAsync(CancellationToken cancellationToken = default)
    {
        await using var services = Services(patience: null);
        return await services.GetRequiredService<IDeliveryPartner>().BookAsync(Parcel, "key", cancellationToken);
    }

    private async Task<ProviderCharge> ChargeAsync(TimeSpan? patience = null)
    {
        await using var services = Services(patience);
        return await services
            .GetRequiredService<IPaymentProvider>()
            .ChargeAsync(Attempt, 1999, "tok_ok", "key", TestContext.Current.CancellationToken);
    }

    private ServiceProvider Services(TimeSpan? patience) =>
        new ServiceCollection()
            .AddHttpPaymentProvider(provider.Address)
            .AddHttpDeliveryPartner(provider.Address)
            .ConfigureAll<HttpClientFactoryOptions>(clients =>
                clients.HttpClientActions.Add(client => client.Timeout = patience ?? client.Timeout)
            )
            .BuildServiceProvider();
}
