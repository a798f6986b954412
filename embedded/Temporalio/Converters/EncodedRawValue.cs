using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A payload as on the wire, with what decodes it.</summary>
/// <param name="DataConverter">Decodes and converts it.</param>
/// <param name="Payload">The payload as on the wire.</param>
public record EncodedRawValue(DataConverter DataConverter, Payload Payload) : IEncodedRawValue
{
    /// <inheritdoc />
    public Task<T> ToValueAsync<T>() => DataConverter.ToValueAsync<T>(Payload);

    /// <inheritdoc />
    public Task<object?> ToValueAsync(Type type) => DataConverter.ToValueAsync(Payload, type);
}
