using System.Text.Json;

namespace Refit;

/// <summary>The server answered with a problem.</summary>
public class ValidationApiException : ApiException
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new ObjectToInferredTypesConverter() },
    };

    private ValidationApiException(ApiException exception)
        : base(
            exception.RequestMessage,
            exception.HttpMethod,
            ((ApiException)exception).Content,
            exception.StatusCode,
            exception.ReasonPhrase,
            exception.Headers,
            exception.RefitSettings)
    {
    }

    /// <summary>The problem.</summary>
    public new ProblemDetails? Content { get; private set; }

    /// <summary>From an exception whose body is a problem.</summary>
    /// <exception cref="ArgumentException">There is no body.</exception>
    /// <exception cref="JsonException">The body is not a problem.</exception>
    public static ValidationApiException Create(ApiException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return string.IsNullOrWhiteSpace(exception.Content)
            ? throw new ArgumentException("Content must be an 'application/problem+json' compliant json string.")
            : new(exception) { Content = JsonSerializer.Deserialize<ProblemDetails>(exception.Content, Json) };
    }
}
