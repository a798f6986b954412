using System.Text.Json;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>Reads a body whole, for endpoints to which its bytes matter.</summary>
internal static class RequestBody
{
    /// <summary>The body's bytes; the server's limit on their number holds.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    /// <summary>Reads JSON, as strictly as everything that our own callers send.</summary>
    /// <exception cref="MalformedRequestException">It is no JSON, or a value is of the wrong type.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> body)
        where T : class
    {
        if (body.IsEmpty)
        {
            throw new MalformedRequestException(new("#", "MALFORMED", "The body is empty."));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, RequestSetup.Json) ?? throw new JsonException("A value is expected here, not null.");
        }
        catch (JsonException failure)
        {
            throw new MalformedRequestException(JsonFault.From(failure));
        }
    }
}
