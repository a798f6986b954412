using Microsoft.AspNetCore.Authorization;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Actors;

/// <summary>Who may call what, as it is declared at the endpoint. Whose things it is about is looked at with the thing.</summary>
internal static class Policies
{
    /// <summary>Our own staff.</summary>
    public const string Operator = "operator";

    /// <summary>Those of our own staff who change the catalogue.</summary>
    public const string Admin = "admin";

    /// <summary>A customer, for what is theirs, and our own staff.</summary>
    public const string Owner = "owner";

    /// <summary>A customer, for what only they can say.</summary>
    public const string Customer = "customer";

    /// <summary>Whoever places orders: a customer, a merchant's program for its customers, our own staff.</summary>
    public const string Buyer = "buyer";

    /// <summary>A merchant's program, for what is its own, and those of our own staff who look after them.</summary>
    public const string Merchant = "merchant";

    public static void AddPolicies(this AuthorizationBuilder authorization)
    {
        Add(Operator, UserRoles.Operator, UserRoles.Admin);
        Add(Admin, UserRoles.Admin);
        Add(Owner, UserRoles.Customer, UserRoles.Operator, UserRoles.Admin);
        Add(Customer, UserRoles.Customer);
        AddScoped(Buyer, CallerScopes.Orders, UserRoles.Customer, UserRoles.Client, UserRoles.Operator, UserRoles.Admin);
        AddScoped(Merchant, CallerScopes.WebhookEndpoints, UserRoles.Client, UserRoles.Admin);

        void Add(string name, params string[] roles) => authorization.AddPolicy(name, policy => policy.RequireRole(roles));

        void AddScoped(string name, string scope, params string[] roles) =>
            authorization.AddPolicy(name, policy =>
                policy.RequireRole(roles).RequireAssertion(caller => CallerScopes.Allow(caller.User, scope))
            );
    }
}
