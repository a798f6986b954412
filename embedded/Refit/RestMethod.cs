using System.Reflection;

namespace Refit;

/// <summary>A method of an interface as a request: where each parameter goes and what comes back.</summary>
internal sealed class RestMethod
{
    private static readonly MethodInfo CreateTypedResultMethod =
        typeof(RestMethod).GetMethod(nameof(CreateTypedResult), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Type owner;
    private readonly MethodInfo method;
    private readonly IRestResult result;

    private RestMethod(Type owner, MethodInfo method, HttpMethodAttribute attribute)
    {
        this.owner = owner;
        this.method = method;
        HttpMethod = attribute.Method;
        Path = RestPath.Parse(attribute.Path, method);
        Headers = ReadHeaders(owner, method);
        Parameters = RestParameter.ReadAll(method, attribute.Method, Path);
        result = CreateResult(method);
    }

    internal HttpMethod HttpMethod { get; }

    internal RestPath Path { get; }

    internal IReadOnlyDictionary<string, string?> Headers { get; }

    internal IReadOnlyList<RestParameter> Parameters { get; }

    /// <exception cref="ArgumentException">The method is not a valid request.</exception>
    internal static RestMethod Read(Type owner, MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<HttpMethodAttribute>(true)
            ?? throw new ArgumentException($"{owner}.{method.Name} has no Refit HTTP method attribute");
        return new(owner, method, attribute);
    }

    /// <summary>Itself, or for a generic method the one with its types.</summary>
    internal RestMethod Close(MethodInfo called) =>
        called.IsGenericMethod ? Read(owner, called) : this;

    internal object Call(HttpClient client, RefitSettings settings, object?[] args) =>
        result.Start(new RestCall(this, client, settings, args));

    private static Dictionary<string, string?> ReadHeaders(Type owner, MethodInfo method)
    {
        var headers = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var lines = owner.GetInterfaces().Append(owner)
            .SelectMany(each => each.GetCustomAttributes<HeadersAttribute>(true))
            .Concat(method.GetCustomAttributes<HeadersAttribute>(true))
            .SelectMany(each => each.Headers);
        foreach (var line in lines.Where(each => !string.IsNullOrWhiteSpace(each)))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[(colon < 0 ? line : line[..colon]).Trim()] = colon < 0 ? null : line[(colon + 1)..].Trim();
        }

        return headers;
    }

    private static IRestResult CreateResult(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return new RestVoidResult();
        }

        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Task<>))
        {
            throw new ArgumentException($"{method.DeclaringType}.{method.Name} returns {type}; it must return Task or Task<T>");
        }

        // An open generic method is read again with its types when it is called.
        var value = type.GenericTypeArguments[0];
        return value.ContainsGenericParameters
            ? new RestVoidResult()
            : (IRestResult)CreateTypedResultMethod.MakeGenericMethod(value, BodyType(value)).Invoke(null, [])!;
    }

    private static Type BodyType(Type value)
    {
        if (value == typeof(IApiResponse))
        {
            return typeof(HttpContent);
        }

        var isResponse = value.IsGenericType
            && (value.GetGenericTypeDefinition() == typeof(ApiResponse<>) || value.GetGenericTypeDefinition() == typeof(IApiResponse<>));
        return isResponse ? value.GenericTypeArguments[0] : value;
    }

    private static RestResult<TResult, TBody> CreateTypedResult<TResult, TBody>() => new();
}
