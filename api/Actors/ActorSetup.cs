using Microsoft.AspNetCore.Authentication;

namespace TemporalDelivery.Api.Actors;

/// <summary>Who may call what.</summary>
static class ActorSetup
{
    /// <summary>Policy: one of our own staff.</summary>
    public const string Operators = "operators";

    /// <summary>Policy: a customer, for what only they can say.</summary>
    public const string Customers = "customers";

    public static void AddActors(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(DevelopmentActor.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, DevelopmentActor>(DevelopmentActor.SchemeName, null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Operators, policy => policy.RequireRole(Caller.OperatorRole))
            .AddPolicy(Customers, policy => policy.RequireRole(Caller.CustomerRole));
    }

    public static void UseActors(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
