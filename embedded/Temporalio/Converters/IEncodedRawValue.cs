using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A payload as on the wire, with what decodes it.</summary>
public interface IEncodedRawValue
{
    /// <summary>The payload as on the wire.</summary>
    Payload Payload { get; }

    /// <summary>Decodes and converts it.</summary>
    Task<T> ToValueAsync<T>();

    /// <summary>Decodes and converts it.</summary>
    Task<object?> ToValueAsync(Type type);
}
