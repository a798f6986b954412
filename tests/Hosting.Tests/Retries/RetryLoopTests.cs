using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Hosting.Tests.Retries;

public sealed class RetryLoopTests : ILogger, IDisposable
{
    private readonly SkippingClock clock = new();
    private readonly List<string> log = [];
    private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );

    [Fact]
    public async Task Work_that_fails_is_done_again_after_pauses_that_grow()
    {
        var attempts = 0;

        await Loop().UntilDoneAsync(_ => ++attempts < 9 ? throw new TimeoutException("too late") : Task.CompletedTask, stopping.Token);

        Assert.Equal(9, attempts);
        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], clock.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task A_failure_is_one_line_of_the_log_that_says_what_why_and_when_again()
    {
        var attempts = 0;

        await Loop()
            .UntilDoneAsync(_ => ++attempts < 2 ? throw new TimeoutException("too late\nby far") : Task.CompletedTask, stopping.Token);

        Assert.Equal(["Warning Working failed (too late); trying again in 0.1 s"], log);
    }

    [Fact]
    public async Task A_round_that_succeeds_makes_the_next_failure_the_first()
    {
        var rounds = 0;

        await Loop()
            .RunAsync(
                async _ =>
                {
                    rounds++;
                    if (rounds is 1 or 2 or 4)
                    {
                        throw new TimeoutException();
                    }

                    if (rounds == 5)
                    {
                        await stopping.CancelAsync();
                    }
                },
                stopping.Token
            );

        Assert.Equal([0.1, 0.2, 0.1], clock.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task Work_that_only_ends_by_failure_can_say_that_it_went_well()
    {
        var rounds = 0;
        var loop = Loop();

        await loop.RunAsync(
            async _ =>
            {
                loop.Succeeded();
                if (++rounds == 4)
                {
                    await stopping.CancelAsync();
                }

                throw new TimeoutException();
            },
            stopping.Token
        );

        Assert.Equal([0.1, 0.1, 0.1], clock.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task What_a_person_has_to_put_right_is_not_retried()
    {
        await Assert.ThrowsAsync<ConfigurationException>(() =>
            Loop().UntilDoneAsync(_ => throw new ConfigurationException("wrong password"), stopping.Token)
        );
        await Assert.ThrowsAsync<ConfigurationException>(() =>
            Loop().RunAsync(_ => throw new ConfigurationException("wrong password"), stopping.Token)
        );

        Assert.Empty(clock.Pauses);
    }

    [Fact]
    public async Task A_timeout_of_the_work_itself_is_a_failure_and_no_stop()
    {
        var attempts = 0;

        await Loop().UntilDoneAsync(_ => ++attempts < 2 ? throw new OperationCanceledException() : Task.CompletedTask, stopping.Token);

        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_stop_during_a_round_or_a_pause_ends_the_loop_quietly()
    {
        await Loop()
            .RunAsync(
                async token =>
                {
                    await stopping.CancelAsync();
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                },
                stopping.Token
            );

        Assert.Empty(log);
        await Loop().RunAsync(_ => throw new InvalidOperationException("never begun"), stopping.Token);
    }

    [Fact]
    public async Task A_stop_before_the_work_is_done_is_told_to_who_waits_for_it()
    {
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop().UntilDoneAsync(_ => Task.CompletedTask, stopping.Token));
    }

    public void Dispose() => stopping.Dispose();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => log.Add($"{logLevel} {formatter(state, exception)}");

    private RetryLoop Loop() => new("Working", this, clock: clock);
}
