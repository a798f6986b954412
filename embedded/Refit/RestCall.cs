using System.Collections;
using System.Reflection;

namespace Refit;

/// <summary>One call of a method: the request that it makes.</summary>
internal sealed class RestCall(RestMethod method, HttpClient client, RefitSettings settings, object?[] args)
{
    internal RefitSettings Settings => settings;

    internal CancellationToken CancellationToken { get; } = method.Parameters
        .Where(each => each.Place == RestPlace.Cancellation)
        .Select(each => args[each.Info.Position])
        .OfType<CancellationToken>()
        .FirstOrDefault();

    /// <exception cref="InvalidOperationException">The HTTP client has no base address.</exception>
    internal async Task<HttpResponseMessage> SendAsync()
    {
        using var request = CreateRequest();
        if (request.Content is { } content && (settings.Buffered || Body is { Body.Buffered: true }))
        {
            await content.LoadIntoBufferAsync(CancellationToken).ConfigureAwait(false);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken).ConfigureAwait(false);
    }

    private RestParameter? Body => method.Parameters.FirstOrDefault(each => each.Place == RestPlace.Body);

    private HttpRequestMessage CreateRequest()
    {
        var request = new HttpRequestMessage(method.HttpMethod, CreateUri())
        {
            Version = settings.Version,
            VersionPolicy = settings.VersionPolicy,
        };
        if (Body is { } body)
        {
            request.Content = CreateContent(body, args[body.Info.Position]);
        }

        foreach (var (name, value) in settings.HttpRequestMessageOptions ?? [])
        {
            request.Options.Set(new HttpRequestOptionsKey<object>(name), value);
        }

        foreach (var option in method.Parameters.Where(each => each.Place == RestPlace.Option))
        {
            request.Options.Set(new HttpRequestOptionsKey<object?>(option.Name), args[option.Info.Position]);
        }

        foreach (var (name, value) in CollectHeaders())
        {
            AddHeader(request, name, value);
        }

        return request;
    }

    private Uri CreateUri()
    {
        var basePath = (client.BaseAddress ?? throw new InvalidOperationException("BaseAddress must be set on the HttpClient instance"))
            .AbsolutePath.TrimEnd('/');
        var path = method.Path.Template;
        var query = new QueryText(settings);
        foreach (var parameter in method.Parameters)
        {
            var value = args[parameter.Info.Position];
            if (parameter.Place == RestPlace.Path)
            {
                path = path.Replace(parameter.Name, PathText(parameter, value), StringComparison.Ordinal);
            }
            else if (parameter.Place == RestPlace.Query && value is not null)
            {
                query.Add(parameter, value);
            }
        }

        var joint = query.Text.Length == 0 ? string.Empty : path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return new(client.BaseAddress!, $"{basePath}{path}{joint}{query.Text}");
    }

    // {**name} keeps its slashes.
    private string PathText(RestParameter parameter, object? value)
    {
        var text = settings.UrlParameterFormatter.Format(value, parameter.Info, parameter.Info.ParameterType) ?? string.Empty;
        return parameter.Name.StartsWith("{**", StringComparison.Ordinal)
            ? string.Join('/', text.Split('/').Select(Uri.EscapeDataString))
            : Uri.EscapeDataString(text);
    }

    private Dictionary<string, string?> CollectHeaders()
    {
        var headers = new Dictionary<string, string?>(method.Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in method.Parameters)
        {
            var value = args[parameter.Info.Position];
            if (parameter.Place == RestPlace.Header)
            {
                headers[parameter.Name] = parameter.AuthorizationScheme is { } scheme ? $"{scheme} {value}" : value?.ToString();
            }
            else if (parameter.Place == RestPlace.Headers && value is IDictionary<string, string> several)
            {
                foreach (var (name, each) in several)
                {
                    headers[name] = each;
                }
            }
        }

        return headers;
    }

    private void AddHeader(HttpRequestMessage request, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        // A line break in a value would begin a header of its own.
        var clean = value.ReplaceLineEndings(string.Empty);
        if (request.Headers.TryAddWithoutValidation(name, clean))
        {
            return;
        }

        request.Content ??= new ByteArrayContent([]);
        request.Content.Headers.Remove(name);
        request.Content.Headers.TryAddWithoutValidation(name, clean);
    }

    private HttpContent? CreateContent(RestParameter parameter, object? value)
    {
        var way = parameter.Body?.SerializationMethod ?? BodySerializationMethod.Default;
        switch (value)
        {
            case null when way != BodySerializationMethod.Serialized:
                return null;
            case HttpContent content:
                return content;
            case Stream stream:
                return new StreamContent(stream);
            case string text when way == BodySerializationMethod.Default:
                return new StringContent(text);
            case not null when way == BodySerializationMethod.UrlEncoded:
                return value is string form
                    ? new StringContent(Uri.EscapeDataString(form), System.Text.Encoding.UTF8, "application/x-www-form-urlencoded")
                    : new FormUrlEncodedContent(Form(value));
            default:
                return Serialize(parameter.Info.ParameterType, value);
        }
    }

    // By its declared type, so that a base type's polymorphism is written.
    private HttpContent Serialize(Type type, object? value) => (HttpContent)typeof(IHttpContentSerializer)
        .GetMethod(nameof(IHttpContentSerializer.ToHttpContent))!
        .MakeGenericMethod(type)
        .Invoke(settings.ContentSerializer, BindingFlags.DoNotWrapExceptions, null, [value], null)!;

    private IEnumerable<KeyValuePair<string, string?>> Form(object value)
    {
        if (value is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                yield return new(entry.Key.ToString()!, settings.FormUrlEncodedParameterFormatter.Format(entry.Value, null));
            }

            yield break;
        }

        foreach (var property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(each => each.CanRead))
        {
            if (property.GetValue(value) is { } member)
            {
                var name = property.GetCustomAttribute<AliasAsAttribute>()?.Name
                    ?? settings.ContentSerializer.GetFieldNameForProperty(property)
                    ?? settings.UrlParameterKeyFormatter.Format(property.Name);
                yield return new(name, settings.FormUrlEncodedParameterFormatter.Format(
                    member, property.GetCustomAttribute<QueryAttribute>()?.Format));
            }
        }
    }
}
