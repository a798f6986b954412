using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using TemporalDelivery.Api.Users;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace TemporalDelivery.Api.Tokens;

/// <summary>Signs people and programs in: OpenIddict without a store of its own, over our users and our keys.</summary>
internal static class TokenSetup
{
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        var options = TokenSettings.Read(builder.Configuration);
        builder.Services.AddSingleton(options).AddSingleton<Passwords>().AddSingleton<SignIn>();
        builder.Services.AddSingleton<TokenKeyRing>().AddHostedService(provider => provider.GetRequiredService<TokenKeyRing>());
        builder
            .Services.AddOpenIddict()
            .AddServer(server =>
            {
                server.EnableDegradedMode();
                server.SetIssuer(options.Issuer);
                server.SetTokenEndpointUris(TokenEndpoint.Path[1..]);
                server.SetJsonWebKeySetEndpointUris("oauth/jwks");
                server.SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server");
                server.AllowPasswordFlow().AllowClientCredentialsFlow().AllowRefreshTokenFlow().AcceptAnonymousClients();
                server.SetAccessTokenLifetime(options.AccessLife).SetRefreshTokenLifetime(options.RefreshLife);
                // Access tokens are for anybody to read who has them: a customer's id, a name and a role.
                server.DisableAccessTokenEncryption();
                // TLS ends at the ingress.
                server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
                server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(RefuseUnusedSecret));
            });
        builder
            .Services.AddOptions<OpenIddictServerOptions>()
            .Configure<IServiceProvider>((server, provider) => provider.GetRequiredService<TokenKeyRing>().Fill(server));
        // Every request's every step, and who signs in.
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        // Nothing here is protected by ASP.NET's own keys, which would be made at the start and left on the disk.
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType?.Name == "DataProtectionHostedService"));
    }

    /// <summary>Comes before <see cref="Actors.ActorSetup.UseActors"/>, where OpenIddict reads the request.</summary>
    public static void UseTokens(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                if (context.Request.Path == TokenEndpoint.Path && context.Request.HasFormContentType && !await IsReadableAsync(context))
                {
                    await TypedResults
                        .Json(
                            new TokenError
                            {
                                Error = OpenIddictConstants.Errors.InvalidRequest,
                                ErrorDescription = "The form cannot be read.",
                            },
                            statusCode: StatusCodes.Status400BadRequest
                        )
                        .ExecuteAsync(context);
                    return;
                }

                await next(context);
            }
        );

    // OpenIddict takes it for granted.
    private static async Task<bool> IsReadableAsync(HttpContext context)
    {
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    // Only programs have a secret, and it is compared where they sign in.
    private static ValueTask RefuseUnusedSecret(ValidateTokenRequestContext context)
    {
        if (context.ClientSecret is not null && !context.Request.IsClientCredentialsGrantType())
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient, "A client_secret is for the grant client_credentials.");
        }

        return default;
    }
}
