namespace Refit;

/// <summary>Makes a parameter the body of the request.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class BodyAttribute : Attribute
{
    /// <summary>By the content serializer.</summary>
    public BodyAttribute()
    {
    }

    /// <summary>By the content serializer, buffered or not.</summary>
    public BodyAttribute(bool buffered) => Buffered = buffered;

    /// <summary>In a way of one's choice, buffered or not.</summary>
    public BodyAttribute(BodySerializationMethod serializationMethod, bool buffered)
    {
        SerializationMethod = serializationMethod;
        Buffered = buffered;
    }

    /// <summary>In a way of one's choice.</summary>
    public BodyAttribute(BodySerializationMethod serializationMethod = BodySerializationMethod.Default) =>
        SerializationMethod = serializationMethod;

    /// <summary>Whether the body is buffered, so that it has a length; null for the settings' choice.</summary>
    public bool? Buffered { get; }

    /// <summary>How it is written.</summary>
    public BodySerializationMethod SerializationMethod { get; } = BodySerializationMethod.Default;
}
