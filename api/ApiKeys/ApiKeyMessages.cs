using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Database.ApiKeys;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.ApiKeys;

/// <summary>"Make a key."</summary>
/// <param name="Name">Of which program; keys of the same name and role are the same caller.</param>
/// <param name="Role">What the program is: client, partner or payments.</param>
/// <param name="Scopes">What of its role it may do: <c>orders</c>, <c>webhook-endpoints</c>; all of it when none is named.</param>
/// <param name="ExpiresInDays">For how long it is good: 1 to 730 days; 365 when it is not said.</param>
public sealed record ApiKeyRequest(
    [property: Required, RegularExpression(UserName.Typed)] string? Name,
    [property: Required, ProgramRole] string? Role,
    [property: ClientScope] IReadOnlyList<string>? Scopes = null,
    [property: Range(1, ApiKeyRequest.MaxDays)] int? ExpiresInDays = null
) : ICheckedBody
{
    internal const int DefaultDays = 365;
    internal const int MaxDays = 730;

    IEnumerable<Fault> ICheckedBody.Faults()
    {
        if (Name is null || !UserName.IsValid(Name))
        {
            yield return new("#/name", "NAME_MALFORMED", $"name is {UserName.Rule}.");
        }

        if (Role is null || !UserRoles.Programs.Contains(Role))
        {
            yield return new("#/role", "UNKNOWN_ROLE", $"role is one of {string.Join(", ", UserRoles.Programs)}.");
        }

        foreach (var (scope, index) in (Scopes ?? []).Select((scope, index) => (scope, index)))
        {
            if (Role != UserRoles.Client || !CallerScopes.All.Contains(scope))
            {
                yield return new(
                    $"#/scopes/{index}",
                    "UNKNOWN_SCOPE",
                    $"A scope is one of {string.Join(", ", CallerScopes.All)}, and a client's."
                );
            }
        }

        if (ExpiresInDays is not (null or (>= 1 and <= MaxDays)))
        {
            yield return new("#/expiresInDays", "OUT_OF_RANGE", $"expiresInDays is 1 to {MaxDays}, not {ExpiresInDays}.");
        }
    }
}

/// <summary>Says that a text is a role of a program.</summary>
internal sealed class ProgramRoleAttribute() : OneOfAttribute(UserRoles.Programs);

/// <summary>Says that texts are scopes of a client's key.</summary>
internal sealed class ClientScopeAttribute() : OneOfAttribute(CallerScopes.All);

/// <summary>A key of a program.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="Name">Which program.</param>
/// <param name="Role">What the program is.</param>
/// <param name="Scopes">What of its role it may do; none: all.</param>
/// <param name="Prefix">How the key begins.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="LastUsedAt">When it was used last, to the minute; absent: never.</param>
/// <param name="RevokedAt">Since when it is good no more; absent while it is.</param>
/// <param name="Key">The key itself. Shown when it is made, and never again.</param>
public sealed record ApiKeyResponse(
    Guid KeyId,
    string Name,
    string Role,
    IReadOnlyList<string> Scopes,
    string Prefix,
    DateTime CreatedAt,
    string CreatedBy,
    DateTime ExpiresAt,
    DateTime? LastUsedAt,
    DateTime? RevokedAt,
    string? Key
)
{
    internal static ApiKeyResponse Of(StoredApiKey stored, string? key = null) =>
        new(
            stored.KeyId,
            stored.Name,
            stored.Role,
            stored.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            stored.Prefix,
            stored.CreatedAt,
            stored.CreatedBy,
            stored.ExpiresAt,
            stored.LastUsedAt,
            stored.RevokedAt,
            key
        );
}
