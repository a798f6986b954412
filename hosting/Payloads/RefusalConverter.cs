using Temporalio.Api.Failure.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>
/// Lets the one who sent an update see why it was refused. The SDK wraps what the payload converter said, and marks its own refusals (of an
/// update without input, or of an unknown name) as worth a retry, which they are not.
/// </summary>
internal sealed class RefusalConverter : DefaultFailureConverter
{
    // The words of the SDK about an update that came without its message.
    private const string WithoutInput = "given 0 parameter(s)";

    public override Failure ToFailure(Exception exception, IPayloadConverter payloadConverter) =>
        base.ToFailure(exception is InvalidOperationException refusal ? Refusal(refusal) : exception, payloadConverter);

    private static Exception Refusal(InvalidOperationException refusal) =>
        refusal.InnerException is ApplicationFailureException { ErrorType: PayloadDialect.InvalidMessage } unreadable ? unreadable
        : Workflow.InWorkflow && Workflow.CurrentUpdateInfo is { } update ? OfUpdate(update.Name, refusal)
        : refusal;

    private static ApplicationFailureException OfUpdate(string name, InvalidOperationException refusal) =>
        refusal.Message.Contains(WithoutInput, StringComparison.Ordinal)
        && MessageTypes.OfUpdate(Workflow.Instance.GetType(), name) is { } message
            ? MessageReader.Missing(message)
            : new ApplicationFailureException(refusal.Message, PayloadDialect.InvalidMessage, nonRetryable: true);
}
