namespace Temporalio.Converters;

/// <summary>A converter or codec that depends on what its values belong to.</summary>
/// <typeparam name="T">The converter's or codec's interface.</typeparam>
public interface IWithSerializationContext<T>
{
    /// <summary>The same for that context; may be the instance itself.</summary>
    T WithSerializationContext(ISerializationContext context);
}
