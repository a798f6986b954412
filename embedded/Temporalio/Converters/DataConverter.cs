namespace Temporalio.Converters;

/// <summary>Everything between user values and the wire.</summary>
/// <param name="PayloadConverter">Values to payloads.</param>
/// <param name="FailureConverter">Exceptions to failures.</param>
/// <param name="PayloadCodec">Payloads to those on the wire.</param>
public record DataConverter(
    IPayloadConverter PayloadConverter,
    IFailureConverter FailureConverter,
    IPayloadCodec? PayloadCodec = null) : IWithSerializationContext<DataConverter>
{
    /// <summary>JSON, no codec.</summary>
    public static DataConverter Default { get; } = new(new DefaultPayloadConverter(), new DefaultFailureConverter());

    /// <inheritdoc />
    public virtual DataConverter WithSerializationContext(ISerializationContext context)
    {
        var payloads = Within(PayloadConverter, context);
        var failures = Within(FailureConverter, context);
        var codec = PayloadCodec is null ? null : Within(PayloadCodec, context);
        var unchanged = ReferenceEquals(payloads, PayloadConverter)
            && ReferenceEquals(failures, FailureConverter)
            && ReferenceEquals(codec, PayloadCodec);
        return unchanged ? this : new(payloads, failures, codec);
    }

    private static T Within<T>(T part, ISerializationContext context)
        where T : class => part is IWithSerializationContext<T> aware ? aware.WithSerializationContext(context) : part;
}
