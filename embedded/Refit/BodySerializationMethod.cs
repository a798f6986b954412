namespace Refit;

/// <summary>How a body is written.</summary>
public enum BodySerializationMethod
{
    /// <summary>Strings as they are, everything else by the content serializer.</summary>
    Default,

    /// <summary>By the content serializer.</summary>
    [Obsolete("Use BodySerializationMethod.Serialized instead", false)]
    Json,

    /// <summary>As a form.</summary>
    UrlEncoded,

    /// <summary>By the content serializer, strings too.</summary>
    Serialized,
}
