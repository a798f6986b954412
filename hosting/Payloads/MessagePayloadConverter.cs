using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>Writes everything in the dialect; reads messages strictly, and everything else as it comes.</summary>
internal sealed class MessagePayloadConverter(MessageReader messages) : IPayloadConverter
{
    private readonly DefaultPayloadConverter plain = new(PayloadDialect.Json);

    public Payload ToPayload(object? value) => plain.ToPayload(value);

    public object? ToValue(Payload payload, Type type) =>
        MessageTypes.Contains(type) ? messages.Read(payload, type) : plain.ToValue(payload, type);
}
