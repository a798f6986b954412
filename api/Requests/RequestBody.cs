using System.Text;
using System.Text.Json;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>Reads a body whole, for endpoints to which its bytes matter.</summary>
internal static class RequestBody
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The body's bytes; the server's limit on their number holds.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    /// <summary>The bytes as text.</summary>
    /// <exception cref="MalformedRequestException">They are not UTF-8.</exception>
    public static string Text(byte[] body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException(new("#", "MALFORMED", "The body is not UTF-8."));
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <param name="body">The body's bytes.</param>
    /// <param name="options">How; null for as strict as everything that our own callers send.</param>
    /// <exception cref="MalformedRequestException">It is no JSON, or a value is of the wrong type.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> body, JsonSerializerOptions? options = null)
        where T : class
    {
        if (body.IsEmpty)
        {
            throw new MalformedRequestException(new("#", "MALFORMED", "The body is empty."));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, options ?? RequestSetup.Json)
                ?? throw new JsonException("A value is expected here, not null.");
        }
        catch (JsonException failure)
        {
            throw new MalformedRequestException(JsonFault.From(failure));
        }
    }
}
