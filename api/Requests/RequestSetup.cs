using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalDelivery.Api.Requests;

/// <summary>How JSON is read and written.</summary>
internal static class RequestSetup
{
    /// <summary>
    /// Strict in what is read: an unknown or repeated property is a mistake that its sender wants to know of, not something to skip.
    /// </summary>
    public static void AddRequests(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    /// <summary>The same, for what is read outside the framework's binding.</summary>
    public static JsonSerializerOptions Json { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    private static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 16;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new BoundedText());
        options.Converters.Add(new JsonTime());
        options.Converters.Add(new JsonTime.OfDatabase());
        return options;
    }
}
