using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Tokens;

/// <summary>The section <c>Tokens</c>.</summary>
internal sealed class TokenSettings
{
    /// <summary>Who signs, as tokens say it: the address at which people reach the API. All hosts share it.</summary>
    public string Issuer { get; set; } = "http://127.0.0.1:8080/";

    /// <summary>For whom tokens are.</summary>
    public string Audience { get; set; } = "temporal-delivery";

    /// <summary>How long an access token is good.</summary>
    public TimeSpan AccessLife { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one stays signed in by renewing it.</summary>
    public TimeSpan RefreshLife { get; set; } = TimeSpan.FromDays(14);

    /// <summary>For how long a key signs.</summary>
    public TimeSpan KeyLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a key is published before it signs.</summary>
    public TimeSpan KeyNotice { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The rounds of PBKDF2 (SHA-512) that a password costs. Stored hashes of fewer are made anew when their users sign in.
    /// </summary>
    public int PasswordRounds { get; set; } = 210_000;

    /// <summary>Others whose tokens are believed, by the name under which their users are written down.</summary>
    public Dictionary<string, TrustedIssuer> Trusted { get; set; } = [];

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A value makes no sense.</exception>
    public static TokenSettings Read(IConfiguration configuration)
    {
        var options = configuration.Section<TokenSettings>("Tokens");
        RequireAddress("Tokens:Issuer", options.Issuer);
        Require(options.Audience.Length > 0, "Tokens:Audience is empty");
        Require(options.AccessLife > TimeSpan.Zero, "Tokens:AccessLife must be more than zero");
        Require(options.RefreshLife >= options.AccessLife, "Tokens:RefreshLife must not be less than Tokens:AccessLife");
        // A host looks for new keys every minute.
        Require(options.KeyNotice >= 2 * TokenKeyRing.Refresh, "Tokens:KeyNotice must be at least 00:02:00");
        Require(options.KeyLife >= 2 * options.KeyNotice, "Tokens:KeyLife must be at least twice Tokens:KeyNotice");
        Require(options.PasswordRounds is >= 1_000 and <= 10_000_000, "Tokens:PasswordRounds must be from 1000 to 10000000");
        foreach (var (name, issuer) in options.Trusted)
        {
            RequireAddress($"Tokens:Trusted:{name}:Issuer", issuer.Issuer);
            issuer.Check(name, options.Issuer);
        }

        return options;
    }

    internal static void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new ConfigurationException(complaint);
        }
    }

    private static void RequireAddress(string key, string text) =>
        Require(
            Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https",
            $"{key} is '{text}'; expected an address like https://shop.example/"
        );
}
