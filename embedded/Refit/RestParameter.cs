using System.Reflection;

namespace Refit;

/// <summary>Where a parameter goes.</summary>
internal enum RestPlace
{
    /// <summary>Into the path.</summary>
    Path,

    /// <summary>Into the query.</summary>
    Query,

    /// <summary>Is the body.</summary>
    Body,

    /// <summary>Is a header.</summary>
    Header,

    /// <summary>Is several headers.</summary>
    Headers,

    /// <summary>Is an option of the request message.</summary>
    Option,

    /// <summary>Gives the call up.</summary>
    Cancellation,
}

/// <summary>A parameter of a method.</summary>
/// <param name="Info">The parameter.</param>
/// <param name="Name">Its name in the request: placeholder, query, header or option.</param>
/// <param name="Place">Where it goes.</param>
internal sealed record RestParameter(ParameterInfo Info, string Name, RestPlace Place)
{
    internal QueryAttribute? Query { get; } = Info.GetCustomAttribute<QueryAttribute>();

    internal BodyAttribute? Body { get; } = Info.GetCustomAttribute<BodyAttribute>();

    internal string? AuthorizationScheme { get; } = Info.GetCustomAttribute<AuthorizeAttribute>()?.Scheme;

    /// <exception cref="ArgumentException">There are several bodies or tokens.</exception>
    internal static IReadOnlyList<RestParameter> ReadAll(MethodInfo method, HttpMethod httpMethod, RestPath path)
    {
        var parameters = method.GetParameters().Select(each => Read(each, path)).ToList();

        // A method that has a body takes the one object that nothing else is said about.
        var takesBody = httpMethod == HttpMethod.Post || httpMethod == HttpMethod.Put || httpMethod == HttpMethod.Patch;
        if (takesBody && !parameters.Exists(each => each.Place == RestPlace.Body))
        {
            var candidates = parameters.FindAll(each =>
                each is { Place: RestPlace.Query, Query: null } && !QueryText.IsValue(each.Info.ParameterType));
            if (candidates.Count > 1)
            {
                throw new ArgumentException(
                    $"{method.DeclaringType}.{method.Name} has several complex parameters; mark its body with [Body]");
            }

            if (candidates.Count == 1)
            {
                parameters[parameters.IndexOf(candidates[0])] = candidates[0] with { Place = RestPlace.Body };
            }
        }

        foreach (var single in new[] { RestPlace.Body, RestPlace.Cancellation, RestPlace.Headers })
        {
            if (parameters.Count(each => each.Place == single) > 1)
            {
                throw new ArgumentException($"{method.DeclaringType}.{method.Name} has several parameters for {single}; it may have one");
            }
        }

        return parameters;
    }

    private static RestParameter Read(ParameterInfo info, RestPath path)
    {
        var name = info.GetCustomAttribute<AliasAsAttribute>()?.Name ?? info.Name!;
        if ((Nullable.GetUnderlyingType(info.ParameterType) ?? info.ParameterType) == typeof(CancellationToken))
        {
            return new(info, name, RestPlace.Cancellation);
        }

        if (path.Names(name, out var placeholder))
        {
            return new(info, placeholder, RestPlace.Path);
        }

        if (info.GetCustomAttribute<HeaderAttribute>() is { } header)
        {
            return new(info, header.Header, RestPlace.Header);
        }

        if (info.IsDefined(typeof(AuthorizeAttribute)))
        {
            return new(info, "Authorization", RestPlace.Header);
        }

        if (info.GetCustomAttribute<PropertyAttribute>() is { } property)
        {
            return new(info, property.Key ?? info.Name!, RestPlace.Option);
        }

        return info.IsDefined(typeof(HeaderCollectionAttribute)) ? new(info, name, RestPlace.Headers)
            : info.IsDefined(typeof(BodyAttribute)) ? new(info, name, RestPlace.Body)
            : new(info, name, RestPlace.Query);
    }
}
