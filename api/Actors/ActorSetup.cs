using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
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
        authentication.AddPolicyScheme(Selector, Selector, selector =>
            selector.ForwardDefaultSelector = context =>
                Bearer.Credential(context.Request) is { } token ? Bearer.SchemeOf(token, options) : DevelopmentActor.SchemeName
        );
        authentication.AddBearer(options);
        authentication.AddScheme<AuthenticationSchemeOptions, DevelopmentActor>(DevelopmentActor.SchemeName, null);
        builder.Services.AddHostedService<DevelopmentActorWarning>();
        builder.Services.AddAuthorizationBuilder().AddPolicies();
    }

    public static void UseActors(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
