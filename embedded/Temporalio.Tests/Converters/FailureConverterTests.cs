using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Tests.Converters;

public sealed class FailureConverterTests
{
    private static readonly IPayloadConverter Payloads = DataConverter.Default.PayloadConverter;

    [Fact]
    public void An_application_failure_survives_the_way_there_and_back()
    {
        var raised = new ApplicationFailureException(
            "no stock",
            new InvalidOperationException("inner"),
            "OutOfStock",
            nonRetryable: true,
            details: ["VASE", 2, null],
            nextRetryDelay: TimeSpan.FromSeconds(3),
            category: ApplicationErrorCategory.Benign);

        var received = Assert.IsType<ApplicationFailureException>(ThereAndBack(raised));

        Assert.Equal("no stock", received.Message);
        Assert.Equal("OutOfStock", received.ErrorType);
        Assert.True(received.NonRetryable);
        Assert.Equal(TimeSpan.FromSeconds(3), received.NextRetryDelay);
        Assert.Equal(ApplicationErrorCategory.Benign, received.Category);
        Assert.Equal(3, received.Details.Count);
        Assert.Equal("VASE", received.Details.ElementAt<string>(0));
        Assert.Equal(2, received.Details.ElementAt<int>(1));
        Assert.Null(received.Details.ElementAt<string?>(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => received.Details.ElementAt<int>(3));
        Assert.Equal("InvalidOperationException", Assert.IsType<ApplicationFailureException>(received.InnerException).ErrorType);
    }

    [Fact]
    public void Any_other_exception_is_an_application_failure_named_after_its_type_with_its_own_stack()
    {
        var thrown = Assert.Throws<FormatException>(() => int.Parse("x", null));

        var failure = new DefaultFailureConverter().ToFailure(thrown, Payloads);

        Assert.Equal(nameof(FormatException), failure.ApplicationFailureInfo.Type);
        Assert.Contains("Parse", failure.StackTrace, StringComparison.Ordinal);
        Assert.Null(failure.ApplicationFailureInfo.Details);
        Assert.Equal(failure.StackTrace, new DefaultFailureConverter().ToException(failure, Payloads).StackTrace);
    }

    [Fact]
    public void A_received_failure_travels_on_as_it_came()
    {
        var failure = new Failure { Message = "m", Source = "GoSDK", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.Heartbeat } };
        var received = new DefaultFailureConverter().ToException(failure, Payloads);

        var sent = new DefaultFailureConverter().ToFailure(received, Payloads);

        Assert.Equal(failure, sent);
        Assert.NotSame(failure, sent);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_failure_has_its_exception(Failure failure, Type type)
    {
        Assert.IsType(type, new DefaultFailureConverter().ToException(failure, Payloads));
    }

    public static TheoryData<Failure, Type> Kinds() => new()
    {
        { new() { ApplicationFailureInfo = new() }, typeof(ApplicationFailureException) },
        { new() { TimeoutFailureInfo = new() }, typeof(TimeoutFailureException) },
        { new() { CanceledFailureInfo = new() }, typeof(CanceledFailureException) },
        { new() { TerminatedFailureInfo = new() }, typeof(TerminatedFailureException) },
        { new() { ServerFailureInfo = new() }, typeof(FailureException) },
        { new() { ActivityFailureInfo = new() }, typeof(ActivityFailureException) },
        { new() { ChildWorkflowExecutionFailureInfo = new() }, typeof(ChildWorkflowFailureException) },
        { new() { NexusOperationExecutionFailureInfo = new() }, typeof(NexusOperationFailureException) },
        { new(), typeof(FailureException) },
    };

    [Fact]
    public void Message_and_stack_can_be_kept_from_readers()
    {
        var converter = new DefaultFailureConverter.WithEncodedCommonAttributes();
        var failure = converter.ToFailure(new ApplicationFailureException("secret", new ArgumentException("inner secret")), Payloads);

        Assert.Equal("Encoded failure", failure.Message);
        Assert.Equal("Encoded failure", failure.Cause.Message);
        Assert.Empty(failure.StackTrace);
        var received = new DefaultFailureConverter().ToException(failure, Payloads);
        Assert.Equal("secret", received.Message);
        Assert.Equal("inner secret", received.InnerException!.Message);
    }

    [Fact]
    public void Cancellation_is_told_from_failure_wherever_it_began()
    {
        var canceled = new DefaultFailureConverter().ToException(
            new() { ActivityFailureInfo = new(), Cause = new() { CanceledFailureInfo = new() } }, Payloads);

        Assert.True(TemporalException.IsCanceledException(canceled));
        Assert.True(TemporalException.IsCanceledException(new OperationCanceledException()));
        Assert.False(TemporalException.IsCanceledException(new ApplicationFailureException("m")));
    }

    private static Exception ThereAndBack(Exception raised)
    {
        var converter = new DefaultFailureConverter();
        return converter.ToException(Failure.Parser.ParseFrom(
            Google.Protobuf.MessageExtensions.ToByteArray(converter.ToFailure(raised, Payloads))), Payloads);
    }
}
