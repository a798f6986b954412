using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using TemporalDelivery.Api.Tokens;

namespace TemporalDelivery.Api.Actors;

/// <summary>Access tokens: our own, and those of the issuers that the configuration trusts. Each issuer is a scheme.</summary>
internal static class Bearer
{
    /// <summary>The scheme of our own.</summary>
    public const string Own = "Bearer";

    private const string AccessTokenType = "at+jwt";
    private const string Prefix = "Bearer ";
    private const int MaxLength = 8 * 1024;

    // Only what cannot be repudiated: a token signed with a shared or a public key's text is nobody's.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
    ];

    private static readonly JsonWebTokenHandler Reader = new();

    /// <summary>The credential of a request; null when it bears none of this kind.</summary>
    public static string? Credential(HttpRequest request) =>
        request.Headers.Authorization is [{ } text] && text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? text[Prefix.Length..].Trim()
            : null;

    /// <summary>Which scheme judges the token: that of the issuer whom it names, before anything of it is believed.</summary>
    public static string SchemeOf(string token, TokenSettings options)
    {
        if (options.Trusted.Count > 0 && token.Length <= MaxLength && Reader.CanReadToken(token))
        {
            var issuer = Reader.ReadJsonWebToken(token).Issuer;
            foreach (var (name, trusted) in options.Trusted)
            {
                if (trusted.Issuer == issuer)
                {
                    return SchemeOf(name);
                }
            }
        }

        return Own;
    }

    public static void AddBearer(this AuthenticationBuilder authentication, TokenSettings options)
    {
        authentication.AddJwtBearer(Own, bearer => Judge(bearer, options.Issuer, options.Audience, Caller));
        authentication
            .Services.AddOptions<JwtBearerOptions>(Own)
            .Configure<TokenKeyRing>(
                (bearer, keys) =>
                {
                    // The keys are in this process: nothing is fetched.
                    bearer.Configuration = new OpenIdConnectConfiguration();
                    bearer.TokenValidationParameters.ValidTypes = [AccessTokenType];
                    bearer.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId);
                }
            );
        foreach (var (name, trusted) in options.Trusted)
        {
            authentication.AddJwtBearer(SchemeOf(name), bearer =>
            {
                Judge(bearer, trusted.Issuer, trusted.Audience, token => Caller(token, name, trusted));
                bearer.MetadataAddress = trusted.MetadataAddress.ToString();
                bearer.RequireHttpsMetadata = !trusted.MetadataAddress.IsLoopback;
                bearer.BackchannelTimeout = TimeSpan.FromSeconds(5);
                // A removed key is believed until then.
                bearer.AutomaticRefreshInterval = TimeSpan.FromHours(1);
                bearer.RefreshInterval = TimeSpan.FromSeconds(30);
                // Their clocks are not ours.
                bearer.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
            });
        }
    }

    private static string SchemeOf(string trusted) => $"{Own} {trusted}";

    private static void Judge(JwtBearerOptions bearer, string issuer, string audience, Func<JsonWebToken, Caller?> describe)
    {
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = audience,
            ValidAlgorithms = Algorithms,
            ClockSkew = TimeSpan.Zero,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnMessageReceived = received =>
            {
                received.Token = Credential(received.Request);
                return Task.CompletedTask;
            },
            OnTokenValidated = validated =>
            {
                if (describe((JsonWebToken)validated.SecurityToken) is { } caller)
                {
                    validated.Principal = caller.ToPrincipal(validated.Scheme.Name);
                }
                else
                {
                    validated.Fail("The token describes nobody who may call here.");
                }

                return Task.CompletedTask;
            },
            OnChallenge = challenge =>
            {
                challenge.HandleResponse();
                return Unauthenticated.ChallengeAsync(challenge.HttpContext, Fault(challenge.AuthenticateFailure));
            },
            OnForbidden = forbidden => Unauthenticated.ForbidAsync(forbidden.HttpContext),
        };
    }

    private static string Fault(Exception? failure) =>
        failure switch
        {
            SecurityTokenExpiredException expired => string.Create(
                CultureInfo.InvariantCulture,
                $"The token was good until {expired.Expires:yyyy-MM-ddTHH:mm:ss}Z."
            ),
            _ => "The token is not believed.",
        };

    private static Caller? Caller(JsonWebToken token) =>
        Actors.Caller.Describe(Text(token, "role"), Text(token, "name"), Id(token, CallerClaims.CustomerId));

    // Its users are written down under its name, because it may call them as we call ours.
    private static Caller? Caller(JsonWebToken token, string issuer, TrustedIssuer trusted) =>
        Text(token, trusted.RoleClaim) is { } role && trusted.Roles.Contains(role)
            ? Actors.Caller.Describe(
                role,
                Text(token, trusted.NameClaim) is { } name ? $"{name}@{issuer}" : null,
                Id(token, trusted.CustomerClaim)
            )
            : null;

    private static string? Text(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var text) && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static Guid? Id(JsonWebToken token, string claim) => Guid.TryParse(Text(token, claim), out var id) ? id : null;
}
