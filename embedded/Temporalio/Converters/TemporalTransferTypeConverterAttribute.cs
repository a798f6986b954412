namespace Temporalio.Converters;

/// <summary>Values of the type travel as what a converter makes of them. That becomes a payload as the payload converter has it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class TemporalTransferTypeConverterAttribute : Attribute
{
    /// <summary>With a converter.</summary>
    /// <param name="converterType">An <see cref="ITemporalTransferTypeConverter" /> with a public constructor without parameters.</param>
    public TemporalTransferTypeConverterAttribute(Type converterType) => ConverterType = converterType;

    /// <summary>The converter's type.</summary>
    public Type ConverterType { get; }
}
