using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Failures;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Worker.Interceptors;

namespace TemporalDelivery.Hosting.Tests.Failures;

public sealed class FailureInterceptorTests
{
    [Fact]
    public async Task An_exception_that_does_not_pass_is_not_tried_again_and_says_its_type()
    {
        var failure = await Assert.ThrowsAsync<ApplicationFailureException>(() => FailAsync(new NotSupportedException("no such thing")));

        Assert.Equal(
            ("NotSupportedException", "NotSupportedException: no such thing", true),
            (failure.ErrorType, failure.Message, failure.NonRetryable)
        );
        Assert.IsType<NotSupportedException>(failure.InnerException);
    }

    [Fact]
    public async Task An_exception_that_passes_and_one_that_says_itself_what_it_is_stay_as_they_are()
    {
        Exception[] failures = [new IOException("away"), new OperationCanceledException(), new ApplicationFailureException("mine", "MINE")];
        foreach (var failure in failures)
        {
            Assert.Same(failure, await Record.ExceptionAsync(() => FailAsync(failure)));
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(16, true)]
    public async Task What_has_been_failing_for_a_minute_is_in_the_log_now_and_then(int attempt, bool warns)
    {
        var log = new Lines();

        await Record.ExceptionAsync(() => FailAsync(new IOException("away"), attempt, log));

        Assert.Equal(warns ? [$"Warning: unknown of test fails for the {attempt}th time: away"] : Array.Empty<string>(), log.Written);
    }

    private static Task<object?> FailAsync(Exception failure, int attempt = 1, ILogger? log = null) =>
        new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with { Attempt = attempt, ActivityType = "unknown", WorkflowId = "test" },
            Logger = log ?? new Lines(),
        }.RunAsync(() => new FailureInterceptor().InterceptActivity(new Failing(failure)).ExecuteActivityAsync(null!));

    private sealed class Failing(Exception failure) : ActivityInboundInterceptor(null!)
    {
        public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) => Task.FromException<object?>(failure);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Written.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
