using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Activities.Payments.Http;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests;

public sealed class ProviderCircuitTests
{
    private const int Enough = 20;
    private static readonly OrderAttempt Attempt = new(Guid.CreateVersion7(), 1);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_provider_is_not_called_for_a_while_and_health_and_meter_say_so_until_it_lives_again()
    {
        await using var provider = await Provider.StartAsync();
        await using var services = new ServiceCollection().AddLogging().AddHttpPaymentProvider(provider.Address).BuildServiceProvider();
        var health = services.GetRequiredService<HealthCheckService>();
        for (var count = 0; count < Enough; count++)
        {
            provider.Answers(503, "{}");
            await FailureAsync(services);
        }

        var failure = await FailureAsync(services);

        Assert.Equal(
            (false, "The payment provider cannot be reached: it has been failing and is not called for a while"),
            (failure.NonRetryable, failure.Message)
        );
        Assert.Equal(Enough, provider.Requests.Count);
        Assert.Equal(1, Open());
        var report = await health.CheckHealthAsync(Now);
        Assert.Equal(
            (HealthStatus.Degraded, "the payment provider has been failing and is not called for a while"),
            (report.Status, report.Entries["payment provider"].Description)
        );

        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        provider.Answers(200, "[]");
        while (provider.Requests.Count == Enough)
        {
            await tick.WaitForNextTickAsync(Now);
            await Record.ExceptionAsync(() => FindAsync(services));
        }

        Assert.Equal(0, Open());
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Now)).Status);
    }

    [Fact]
    public async Task An_answer_that_says_no_is_no_sign_of_death()
    {
        await using var provider = await Provider.StartAsync();
        await using var services = new ServiceCollection().AddLogging().AddHttpPaymentProvider(provider.Address).BuildServiceProvider();
        for (var count = 0; count < 2 * Enough; count++)
        {
            provider.Answers(422, "{}");
            await FailureAsync(services);
        }

        Assert.Equal(2 * Enough, provider.Requests.Count);
    }

    private static Task<ApplicationFailureException> FailureAsync(ServiceProvider services) =>
        Assert.ThrowsAsync<ApplicationFailureException>(() => FindAsync(services));

    private static Task<ProviderCharge?> FindAsync(ServiceProvider services) =>
        services.GetRequiredService<IPaymentProvider>().FindAsync(Attempt, Now);

    private static int Open()
    {
        var value = -1;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "provider.circuit.open")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>(
            (_, measurement, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    value = tag is { Key: "provider", Value: "payment provider" } ? Math.Max(value, measurement) : value;
                }
            }
        );
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }
}
