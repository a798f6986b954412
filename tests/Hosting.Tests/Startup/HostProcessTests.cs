using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Startup;

namespace TemporalDelivery.Hosting.Tests.Startup;

public sealed class HostProcessTests : IDisposable
{
    private readonly StringWriter error = new();
    private readonly TextWriter before = Console.Error;

    public HostProcessTests() => Console.SetError(error);

    [Fact]
    public async Task A_wrong_configuration_is_one_line_and_exit_code_2()
    {
        var exitCode = await HostProcess.RunAsync("baker", IHost () => throw new ConfigurationException("Oven:Heat is 'cold'"));

        Assert.Equal(2, exitCode);
        Assert.Equal($"baker: Oven:Heat is 'cold'{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task A_part_that_finds_the_configuration_wrong_at_its_start_is_the_same()
    {
        var exitCode = await HostProcess.RunAsync("baker", () => Build(new Starting(() => throw new ConfigurationException("no flour"))));

        Assert.Equal(2, exitCode);
        Assert.Equal($"baker: no flour{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task An_address_in_use_or_unreadable_is_the_same()
    {
        Assert.Equal(
            2,
            await HostProcess.RunAsync("baker", () => Build(new Starting(() => throw new IOException("address already in use"))))
        );
        Assert.Equal(
            2,
            await HostProcess.RunAsync("baker", () => Build(new Starting(() => throw new FormatException("Invalid url: 'x'"))))
        );

        Assert.Equal(2, error.ToString().TrimEnd().Split(Environment.NewLine).Length);
    }

    [Fact]
    public async Task A_graceful_stop_is_exit_code_0()
    {
        using var host = Build();
        host.Services.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStarted.Register(() => host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication());

        Assert.Equal(0, await HostProcess.RunAsync("baker", () => host));
        Assert.Empty(error.ToString());
    }

    [Fact]
    public async Task A_stop_while_a_part_still_waits_to_start_is_exit_code_0()
    {
        IHost? host = null;
        host = Build(
            new Starting(async cancellation =>
            {
                host!.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            })
        );

        Assert.Equal(0, await HostProcess.RunAsync("baker", () => host));
        Assert.Empty(error.ToString());
    }

    [Fact]
    public async Task A_part_that_fails_for_good_is_exit_code_1() =>
        Assert.Equal(1, await HostProcess.RunAsync("baker", () => Build(new Failing())));

    [Fact]
    public async Task What_nobody_foresaw_is_not_shortened() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            HostProcess.RunAsync("baker", () => Build(new Starting(() => throw new InvalidOperationException("a bug"))))
        );

    public void Dispose()
    {
        Console.SetError(before);
        error.Dispose();
    }

    private static IHost Build(IHostedService? part = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (part is not null)
        {
            builder.Services.AddSingleton(part);
        }

        return builder.Build();
    }

    private sealed class Starting(Func<CancellationToken, Task> start) : IHostedService
    {
        public Starting(Action start)
            : this(_ =>
            {
                start();
                return Task.CompletedTask;
            })
        { }

        public Task StartAsync(CancellationToken cancellationToken) => start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Failing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("broken for good");
        }
    }
}
