using System.Reflection;

namespace Refit;

/// <summary>Writes and reads bodies.</summary>
public interface IHttpContentSerializer
{
    /// <summary>Writes one.</summary>
    HttpContent ToHttpContent<T>(T item);

    /// <summary>Reads one.</summary>
    Task<T?> FromHttpContentAsync<T>(HttpContent content, CancellationToken cancellationToken = default);

    /// <summary>Name of a property in forms; null for the property's.</summary>
    string? GetFieldNameForProperty(PropertyInfo propertyInfo);
}
