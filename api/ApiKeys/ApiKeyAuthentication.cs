using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Database.ApiKeys;

namespace TemporalDelivery.Api.ApiKeys;

/// <summary>Believes <c>Authorization: Bearer tdk_…</c> when the key is good.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeyStore keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = await keys.UseAsync(ApiKey.Hash(Bearer.Credential(Request)!), Context.RequestAborted);
        return key is not null && Caller.Describe(key.Role, key.Name, customerId: null) is { } caller
            ? AuthenticateResult.Success(
                new AuthenticationTicket(
                    caller.ToPrincipal(Scheme.Name, key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
                    Scheme.Name
                )
            )
            : AuthenticateResult.Fail("The key is unknown, revoked, or has expired.");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) =>
        await Unauthenticated.ChallengeAsync(Context, (await HandleAuthenticateOnceSafeAsync()).Failure?.Message);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Unauthenticated.ForbidAsync(Context);
}
