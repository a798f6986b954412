using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>The header <c>Idempotency-Key</c>.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>What it looks like: visible ASCII.</summary>
    public const string Pattern = "^[!-~]+$";

    /// <summary>The most characters.</summary>
    public const int MaxLength = 200;

    /// <summary>The key, or null when the request has none.</summary>
    /// <exception cref="MalformedRequestException">There are several, or it is not 1 to 200 visible ASCII characters.</exception>
    public static string? Of(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        return values is [{ Length: > 0 and <= MaxLength } key] && key.All(letter => letter is > ' ' and <= '~')
            ? key
            : throw new MalformedRequestException(
                new(Header, "MALFORMED", $"The header {Header} is one value of 1 to {MaxLength} visible ASCII characters.")
            );
    }
}
