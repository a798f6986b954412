using System.Text.Json;

namespace TemporalDelivery.Database;

/// <summary>How values are written into <c>jsonb</c> columns: camelCase, like everywhere outside the process.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string? Write<T>(T? value)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException($"A {typeof(T).Name} is stored as null.");
}
