using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Database.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace TemporalDelivery.Api.Tokens;

/// <summary>
/// <c>POST /oauth/token</c>: a password, a program's secret, or a refresh token for an access token (RFC 6749). What can be wrong with the
/// request itself OpenIddict has refused before.
/// </summary>
internal static class TokenEndpoint
{
    public const string Path = "/oauth/token";
    private const string VersionClaim = "user_version";

    public static void MapTokens(this WebApplication app) =>
        app.MapPost(Path, ExchangeAsync)
            .WithName("exchangeToken")
            .WithDescription(
                "Errors are those of OAuth 2.0 (RFC 6749). A refresh token dies with a change of the password, and with its user."
            )
            .WithTags("Tokens")
            .WithSummary("An access token: for a name and a password, a program's secret, or a refresh token.")
            .Accepts<TokenRequest>("application/x-www-form-urlencoded")
            .Produces<TokenResponse>()
            .Produces<TokenError>(400)
            .Produces<TokenError>(401)
            .Produces<TokenError>(429)
            .ProducesProblem(503);

    private static async Task<IResult> ExchangeAsync(
        HttpContext context,
        SignIn signIn,
        UserStore users,
        TokenSettings options,
        CancellationToken cancellationToken
    )
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsRefreshTokenGrantType())
        {
            return await RenewAsync(context, users, options, cancellationToken);
        }

        var isProgram = request.IsClientCredentialsGrantType();
        var result = await signIn.TryAsync(
            (isProgram ? request.ClientId : request.Username) ?? "",
            (isProgram ? request.ClientSecret : request.Password) ?? "",
            user => UserRoles.Programs.Contains(user.Role) == isProgram,
            context.Connection.RemoteIpAddress,
            cancellationToken
        );
        return result switch
        {
            SignInResult.SignedIn { User: var user } => Tokens(user, isProgram ? [] : [Scopes.OfflineAccess], options),
            SignInResult.Locked { Till: var till } => Locked(context, till),
            _ when isProgram => Refusal(Errors.InvalidClient, "The client_id or the client_secret is wrong."),
            _ => Refusal(Errors.InvalidGrant, "The username or the password is wrong."),
        };
    }

    private static async Task<IResult> RenewAsync(
        HttpContext context,
        UserStore users,
        TokenSettings options,
        CancellationToken cancellationToken
    )
    {
        var token = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        return
            token.Principal is { } signedIn
            && Guid.TryParse(signedIn.GetClaim(Claims.Subject), out var id)
            && await users.FindAsync(id, cancellationToken) is { IsDisabled: false } user
            && signedIn.GetClaim(VersionClaim) == Version(user)
            ? Tokens(user, signedIn.GetScopes(), options, signedIn.GetExpirationDate())
            : Refusal(Errors.InvalidGrant, "Sign in again: what this token was given for has changed.");
    }

    // Renewing does not move the moment at which one has to sign in again.
    private static SignInHttpResult Tokens(StoredUser user, IEnumerable<string> scopes, TokenSettings options, DateTimeOffset? till = null)
    {
        var identity = new ClaimsIdentity("password");
        identity.SetClaim(Claims.Subject, user.UserId.ToString());
        identity.SetClaim(Claims.Name, user.Name);
        identity.SetClaim(Claims.Role, user.Role);
        identity.SetClaim(CallerClaims.CustomerId, user.CustomerId?.ToString());
        identity.SetClaim(VersionClaim, Version(user));
        identity.SetDestinations(claim => claim.Type == VersionClaim ? [] : [Destinations.AccessToken]);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetAudiences(options.Audience);
        if (till is { } end)
        {
            principal.SetRefreshTokenLifetime(end - DateTimeOffset.UtcNow);
        }

        return TypedResults.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static ForbidHttpResult Locked(HttpContext context, DateTimeOffset till)
    {
        var seconds = Math.Max(1, Math.Ceiling((till - DateTimeOffset.UtcNow).TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.OnStarting(() =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Task.CompletedTask;
        });
        return Refusal(
            Errors.SlowDown,
            $"Too many tries have failed; the next is looked at after {till.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."
        );
    }

    private static ForbidHttpResult Refusal(string error, string description) =>
        TypedResults.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            ),
            [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
        );

    private static string Version(StoredUser user) => user.Version.ToString(CultureInfo.InvariantCulture);
}
