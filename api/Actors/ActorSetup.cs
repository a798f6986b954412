namespace TemporalDelivery.Api.Actors;

/// <summary>Who may call what.</summary>
internal static class ActorSetup
{
    /// <summary>Policy: one of our own staff.</summary>
    public const string Operators = "operators";

    /// <summary>Policy: a customer, for what only they can say.</summary>
    public const string Customers = "customers";

    public static void AddActors(this WebApplicationBuilder builder)
    {
        // The core only: all of it would bring a ring of keys on disk for cookies that there are none of.
        builder.Services.AddWebEncoders();
        builder.Services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = DevelopmentActor.SchemeName;
            authentication.AddScheme<DevelopmentActor>(DevelopmentActor.SchemeName, DevelopmentActor.SchemeName);
        });
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(Operators, policy => policy.RequireRole(Caller.OperatorRole))
            .AddPolicy(Customers, policy => policy.RequireRole(Caller.CustomerRole));
    }

    public static void UseActors(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
