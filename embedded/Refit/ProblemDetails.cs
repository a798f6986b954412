using System.Text.Json.Serialization;

namespace Refit;

/// <summary>A problem as RFC 7807 describes it.</summary>
public class ProblemDetails
{
    /// <summary>Errors by field.</summary>
    public Dictionary<string, string[]> Errors { get; set; } = [];

    /// <summary>Whatever else came.</summary>
    [JsonExtensionData]
    public IDictionary<string, object> Extensions { get; set; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>URI of its type.</summary>
    public string? Type { get; set; } = "about:blank";

    /// <summary>Its type in words.</summary>
    public string? Title { get; set; }

    /// <summary>HTTP status.</summary>
    public int Status { get; set; }

    /// <summary>What happened.</summary>
    public string? Detail { get; set; }

    /// <summary>URI of this occurrence.</summary>
    public string? Instance { get; set; }
}
