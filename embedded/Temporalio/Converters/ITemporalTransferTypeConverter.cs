namespace Temporalio.Converters;

/// <summary>Says what travels in place of values of a type with <see cref="TemporalTransferTypeConverterAttribute" />.</summary>
public interface ITemporalTransferTypeConverter
{
    /// <summary>Type of what travels.</summary>
    Type TransferType { get; }

    /// <summary>What travels in place of a value.</summary>
    object? ToTransferType(object? value);

    /// <summary>The value of what has travelled.</summary>
    object? FromTransferType(object? transferType);
}
