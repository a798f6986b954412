using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Puts what travels in place of values of types with <see cref="TemporalTransferTypeConverterAttribute" />, around any converter.</summary>
internal sealed class TransferTypePayloadConverter : IPayloadConverter, IWithSerializationContext<IPayloadConverter>
{
    private static readonly ConcurrentDictionary<Type, ITemporalTransferTypeConverter?> Converters = new();
    private readonly IPayloadConverter inner;

    private TransferTypePayloadConverter(IPayloadConverter inner) => this.inner = inner;

    /// <summary>The same with transfer types.</summary>
    internal static DataConverter Around(DataConverter converter) => converter.PayloadConverter is TransferTypePayloadConverter
        ? converter
        : converter with { PayloadConverter = new TransferTypePayloadConverter(converter.PayloadConverter) };

    /// <inheritdoc />
    public Payload ToPayload(object? value) =>
        inner.ToPayload(value is not null && For(value.GetType()) is { } converter ? converter.ToTransferType(value) : value);

    /// <inheritdoc />
    public object? ToValue(Payload payload, Type type) => For(type) is { } converter
        ? converter.FromTransferType(inner.ToValue(payload, converter.TransferType))
        : inner.ToValue(payload, type);

    /// <inheritdoc />
    public IPayloadConverter WithSerializationContext(ISerializationContext context)
    {
        var aware = inner is IWithSerializationContext<IPayloadConverter> withContext ? withContext.WithSerializationContext(context) : inner;
        return ReferenceEquals(aware, inner) ? this : new TransferTypePayloadConverter(aware);
    }

    private static ITemporalTransferTypeConverter? For(Type type) => Converters.GetOrAdd(type, Create);

    private static ITemporalTransferTypeConverter? Create(Type type)
    {
        if (type.GetCustomAttribute<TemporalTransferTypeConverterAttribute>(inherit: false)?.ConverterType is not { } converterType)
        {
            return null;
        }

        var problem = !converterType.IsAssignableTo(typeof(ITemporalTransferTypeConverter))
            ? $"that does not implement {nameof(ITemporalTransferTypeConverter)}"
            : converterType.IsAbstract ? "that is abstract"
            : converterType.ContainsGenericParameters ? "that is an open generic type"
            : !converterType.IsValueType && converterType.GetConstructor(Type.EmptyTypes) is null
                ? "without a public parameterless constructor"
                : null;
        if (problem is not null)
        {
            throw new InvalidOperationException($"Type {type} has a Temporal transfer type converter {converterType} {problem}");
        }

        var converter = (ITemporalTransferTypeConverter)Activator.CreateInstance(converterType)!;
        return converter.TransferType is null
            ? throw new InvalidOperationException($"Type {type} has a Temporal transfer type converter {converterType} with a null transfer type")
            : converter;
    }
}
