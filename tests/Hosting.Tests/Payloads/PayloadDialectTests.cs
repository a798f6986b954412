using System.Text;
using Google.Protobuf;
using TemporalDelivery.Hosting.Payloads;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tests.Payloads;

public sealed class PayloadDialectTests
{
    private static readonly IPayloadConverter Dialect = PayloadDialect.Converter().PayloadConverter;

    [Fact]
    public void Names_are_written_in_camelCase() =>
        Assert.Equal("""{"toWhom":"ada","howOften":2}""", Dialect.ToPayload(new Greeting("ada", 2)).Data.ToStringUtf8());

    [Fact]
    public void What_is_no_message_is_read_in_any_case_and_whatever_is_missing() =>
        Assert.Equal(
            [new Greeting("ada", 2), new Greeting("ada", 2), new Greeting(null!, 0)],
            new[] { """{"ToWhom":"ada","HowOften":2}""", """{"toWhom":"ada","howOften":2}""", "{}" }.Select(Read<Greeting>)
        );

    [Fact]
    public void A_message_needs_what_is_neither_nullable_nor_has_a_default()
    {
        Assert.Equal(new Wish("peace", 1, null), Read<Wish>("""{"What":"peace","Urgency":1}"""));

        var refusal = Assert.Throws<ApplicationFailureException>(() => Read<Wish>("""{"reason":"why not"}"""));

        Assert.Equal("what: missing, expected a text; urgency: missing, expected a whole number", refusal.Message);
        Assert.Equal((PayloadDialect.InvalidMessage, true), (refusal.ErrorType, refusal.NonRetryable));
    }

    [Fact]
    public void A_refusal_lists_what_is_allowed_now_where_that_is_known()
    {
        var dialect = PayloadDialect.Converter(
            (message, member) => message == typeof(Wish) && member == "what" ? ["peace", "quiet"] : null
        );

        var refusal = Assert.Throws<ApplicationFailureException>(() =>
            dialect.PayloadConverter.ToValue(Json("""{"what":null,"urgency":true}"""), typeof(Wish))
        );

        Assert.Equal("what: missing, possible now: peace, quiet; urgency: true is not possible, expected a whole number", refusal.Message);
    }

    private static T Read<T>(string json) => (T)Dialect.ToValue(Json(json), typeof(T))!;

    private static Payload Json(string text) =>
        new() { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") }, Data = ByteString.CopyFrom(text, Encoding.UTF8) };

    private sealed record Greeting(string ToWhom, int HowOften);

    public sealed record Wish(string What, int Urgency, string? Reason, string Note = "");

    [Workflow]
    public sealed class WishingWorkflow
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public Task WishAsync(Wish wish)
        {
            ArgumentNullException.ThrowIfNull(wish);
            return Task.CompletedTask;
        }
    }
}
