using System.Text.Json.Serialization;

namespace TemporalDelivery.Api.Tokens;

/// <summary>What is sent for an access token, as a form (RFC 6749).</summary>
internal sealed record TokenRequest
{
    /// <summary>password, client_credentials or refresh_token.</summary>
    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    /// <summary>Of the grant password.</summary>
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    /// <summary>Of the grant password.</summary>
    [JsonPropertyName("password")]
    public string? Password { get; init; }

    /// <summary>Of the grant client_credentials, unless it comes by HTTP Basic: a program's name.</summary>
    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    /// <summary>Of the grant client_credentials, unless it comes by HTTP Basic.</summary>
    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>Of the grant refresh_token.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }
}

/// <summary>An access token (RFC 6749, section 5.1).</summary>
internal sealed record TokenResponse
{
    /// <summary>Goes into the header Authorization, after "Bearer ".</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>Bearer.</summary>
    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    /// <summary>For how many seconds it is good.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>Gets the next one; people have one, programs do not.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>What it is for: offline_access, where it can be renewed.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; init; }
}

/// <summary>Why there is none (RFC 6749, section 5.2).</summary>
internal sealed record TokenError
{
    /// <summary>For programs.</summary>
    [JsonPropertyName("error")]
    public required string Error { get; init; }

    /// <summary>For people.</summary>
    [JsonPropertyName("error_description")]
    public string? ErrorDescription { get; init; }

    /// <summary>A page about it.</summary>
    [JsonPropertyName("error_uri")]
    public string? ErrorUri { get; init; }
}
