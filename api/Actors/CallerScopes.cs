using System.Security.Claims;

namespace TemporalDelivery.Api.Actors;

/// <summary>What of its role a program's key may do.</summary>
internal static class CallerScopes
{
    /// <summary>Places orders.</summary>
    public const string Orders = "orders";

    /// <summary>Looks after its webhook endpoints.</summary>
    public const string WebhookEndpoints = "webhook-endpoints";

    /// <summary>The claim of each.</summary>
    public const string Claim = "scope";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Orders, WebhookEndpoints];

    /// <summary>Whether the caller may do this of its role: who was given no scopes may do all of it.</summary>
    public static bool Allow(ClaimsPrincipal caller, string scope) =>
        !caller.HasClaim(claim => claim.Type == Claim) || caller.HasClaim(Claim, scope);
}
