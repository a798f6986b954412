using TemporalDelivery.Database.Users;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Tokens;

/// <summary>Somebody else whose access tokens are believed, as far as this says.</summary>
internal sealed class TrustedIssuer
{
    /// <summary>Its name in tokens.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Where its keys are found; null: at the issuer's address, as OpenID Connect Discovery says.</summary>
    public string? Metadata { get; set; }

    /// <summary>What its tokens for this API bear as their audience.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The roles that it may give; a token with another one is refused.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>The claim that names the role.</summary>
    public string RoleClaim { get; set; } = "role";

    /// <summary>The claim that names the user, of all but customers.</summary>
    public string NameClaim { get; set; } = "sub";

    /// <summary>The claim that holds the customer's id.</summary>
    public string CustomerClaim { get; set; } = "customer_id";

    /// <summary>Where its keys are found.</summary>
    public Uri MetadataAddress => new(Metadata ?? $"{Issuer.TrimEnd('/')}/.well-known/openid-configuration");

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="ConfigurationException">Something does not.</exception>
    public void Check(string name, string own)
    {
        var key = $"Tokens:Trusted:{name}";
        TokenSettings.Require(Issuer != own, $"{key}:Issuer is the API's own");
        TokenSettings.Require(Audience.Length > 0, $"{key}:Audience is not set");
        TokenSettings.Require(
            Metadata is null || Uri.TryCreate(Metadata, UriKind.Absolute, out _),
            $"{key}:Metadata is '{Metadata}'; expected an address"
        );
        // Whoever hears the keys over a line that others can write to believes everybody.
        TokenSettings.Require(
            MetadataAddress.Scheme == Uri.UriSchemeHttps || MetadataAddress.IsLoopback,
            $"{key}: keys are fetched by https only"
        );
        TokenSettings.Require(
            Roles.Count > 0 && Roles.All(UserRoles.All.Contains),
            $"{key}:Roles must name which of {string.Join(", ", UserRoles.All)} it may give"
        );
    }
}
