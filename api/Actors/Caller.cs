using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Claims;
using TemporalDelivery.Database.Users;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Actors;

/// <summary>Who makes a request, as authentication found out.</summary>
/// <param name="Actor">As what they are written down.</param>
/// <param name="Role">What they may do, see <see cref="UserRoles"/>.</param>
public sealed record Caller(Actor Actor, string Role)
{
    private const int MaxNameLength = 100;

    /// <summary>Whether it is one of our own staff.</summary>
    public bool IsOperator => Role is UserRoles.Operator or UserRoles.Admin;

    /// <summary>Whether it is one of those of our own staff who look after everybody's things.</summary>
    public bool IsAdmin => Role == UserRoles.Admin;

    /// <summary>The customer who calls; null when it is somebody else.</summary>
    public Guid? CustomerId => Role == UserRoles.Customer ? Guid.Parse(Actor.Name!) : null;

    /// <summary>Whether the caller may see and do what belongs to this customer.</summary>
    public bool MayActFor(Guid customerId) => IsOperator || CustomerId == customerId;

    /// <summary>Whether the caller may place an order of this customer.</summary>
    public bool MayOrderFor(Guid customerId) => Role == UserRoles.Client || MayActFor(customerId);

    /// <summary>The caller of a request that was authenticated.</summary>
    public static Caller Of(ClaimsPrincipal user) =>
        Find(user) ?? throw new InvalidOperationException("The endpoint does not require authentication.");

    /// <summary>The caller; null when nobody was authenticated.</summary>
    public static Caller? Find(ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) is { } actor ? new(Actor.Parse(actor), user.FindFirstValue(ClaimTypes.Role)!) : null;

    /// <summary>The caller whom a role, a name and a customer's id describe; null when they describe nobody.</summary>
    public static Caller? Describe(string? role, string? name, Guid? customerId)
    {
        var actor = role switch
        {
            UserRoles.Customer => customerId is { } customer ? Actor.Customer(customer) : null,
            UserRoles.Operator or UserRoles.Admin => IsName(name) ? Actor.Operator(name) : null,
            UserRoles.Client => IsName(name) ? Actor.Client(name) : null,
            UserRoles.Partner => Actor.Partner,
            UserRoles.Payments => Actor.Payments,
            _ => null,
        };
        return actor is null ? null : new Caller(actor, role!);
    }

    private static bool IsName([NotNullWhen(true)] string? name) => !string.IsNullOrWhiteSpace(name) && name.Length <= MaxNameLength;

    /// <summary>The caller as the framework knows them.</summary>
    /// <param name="scheme">How they proved who they are.</param>
    /// <param name="scopes">What of their role they may do; none: all.</param>
    public ClaimsPrincipal ToPrincipal(string scheme, IReadOnlyList<string>? scopes = null)
    {
        IEnumerable<Claim> claims = [new(ClaimTypes.NameIdentifier, Actor.ToString()), new(ClaimTypes.Role, Role)];
        return new(new ClaimsIdentity(claims.Concat((scopes ?? []).Select(scope => new Claim(CallerScopes.Claim, scope))), scheme));
    }

    /// <summary>Binds the parameter of endpoints that require authentication.</summary>
    [SuppressMessage("Style", "IDE0060", Justification = "The signature is the framework's.")]
    public static ValueTask<Caller> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult(Of(context.User));
    }
}
