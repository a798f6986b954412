using Microsoft.AspNetCore.Authentication;
using TemporalDelivery.Api.ApiKeys;
using TemporalDelivery.Api.Tokens;

namespace TemporalDelivery.Api.Actors;

/// <summary>How callers prove who they are, and which policies there are.</summary>
internal static class ActorSetup
{
    // Judges nothing itself: it says which scheme does.
    private const string Selector = "Selector";

    public static void AddActors(this WebApplicationBuilder builder)
    {
        var authentication = builder.Services.AddAuthentication(Selector);
        var options = TokenSettings.Read(builder.Configuration);
        authentication.AddPolicyScheme(Selector, Selector, selector => selector.ForwardDefaultSelector = context =>
                Bearer.Credential(context.Request) is not { } token ? DevelopmentActor.SchemeName
                : ApiKey.IsOne(token) ? ApiKeyAuthentication.SchemeName
                : Bearer.SchemeOf(token, options));
        authentication.AddBearer(options);
        authentication.AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        authentication.AddScheme<AuthenticationSchemeOptions, DevelopmentActor>(DevelopmentActor.SchemeName, null);
        builder.Services.AddHostedService<DevelopmentActorWarning>();
        // Whoever is refused need not fill the log with it.
        builder
            .Logging.AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(DevelopmentActor).FullName, LogLevel.Warning);
        builder.Services.AddAuthorizationBuilder().AddPolicies();
    }

    public static void UseActors(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
