using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Claims;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Actors;

/// <summary>Who makes a request, as authentication found out.</summary>
public sealed record Caller(Actor Actor)
{
    internal const string OperatorRole = "operator";
    internal const string CustomerRole = "customer";

    /// <summary>Whether it is one of our own staff.</summary>
    public bool IsOperator => Actor.Kind == ActorKind.Operator;

    /// <summary>The customer who calls; null when it is an operator.</summary>
    public Guid? CustomerId => Actor.Kind == ActorKind.Customer ? Guid.Parse(Actor.Name!) : null;

    /// <summary>Whether the caller may see and do what belongs to this customer.</summary>
    public bool MayActFor(Guid customerId) => IsOperator || CustomerId == customerId;

    /// <summary>The caller of a request that was authenticated.</summary>
    public static Caller Of(ClaimsPrincipal user) => new(Actor.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!));

    /// <summary>Binds the parameter of endpoints that require authentication.</summary>
    [SuppressMessage("Style", "IDE0060", Justification = "The signature is the framework's.")]
    public static ValueTask<Caller> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult(Of(context.User));
    }
}
