namespace Refit;

/// <summary>Makes a method of an interface an HTTP request.</summary>
/// <param name="path">Path after the client's base address; begins with a slash, may have <c>{names}</c> of parameters and a query.</param>
public abstract class HttpMethodAttribute(string path) : Attribute
{
    /// <summary>The HTTP method.</summary>
    public abstract HttpMethod Method { get; }

    /// <summary>Path after the client's base address.</summary>
    public virtual string Path { get; protected set; } = path;
}

/// <summary>A GET request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class GetAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Get;
}

/// <summary>A POST request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class PostAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Post;
}

/// <summary>A PUT request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class PutAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Put;
}

/// <summary>A DELETE request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class DeleteAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Delete;
}

/// <summary>A PATCH request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class PatchAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Patch;
}

/// <summary>An OPTIONS request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class OptionsAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Options;
}

/// <summary>A HEAD request.</summary>
/// <param name="path">Path after the client's base address.</param>
[AttributeUsage(AttributeTargets.Method)]
public class HeadAttribute(string path) : HttpMethodAttribute(path)
{
    /// <inheritdoc />
    public override HttpMethod Method => HttpMethod.Head;
}
