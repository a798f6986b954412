using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Actors;

/// <summary>
/// Believes the header <c>X-Dev-Actor: customer:&lt;uuid&gt;</c> or <c>operator:&lt;name&gt;</c>. The stand-in until there is
/// authentication, and the reason why the host listens on the loopback interface only.
/// </summary>
internal sealed class DevelopmentActor(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "DevelopmentActor";
    public const string Header = "X-Dev-Actor";
    private const int MaxLength = 100;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var values = Request.Headers[Header];
        if (values.Count == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (
            values is not [{ Length: <= MaxLength } text]
            || !Actor.TryParse(text, out var actor)
            || actor.Kind is not (ActorKind.Customer or ActorKind.Operator)
        )
        {
            return Task.FromResult(AuthenticateResult.Fail($"{Header} is customer:<uuid> or operator:<name>."));
        }

        // One spelling of a customer's id, however it was typed.
        if (actor.Kind == ActorKind.Customer)
        {
            actor = Actor.Customer(Guid.Parse(actor.Name!));
        }

        var role = actor.Kind == ActorKind.Operator ? Caller.OperatorRole : Caller.CustomerRole;
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, actor.ToString()), new(ClaimTypes.Role, role)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        Response.Headers.WWWAuthenticate = Scheme.Name;
        await TypedResults
            .Problem(
                result.Failure?.Message ?? $"Who is asking? The header {Header} is customer:<uuid> or operator:<name>.",
                statusCode: StatusCodes.Status401Unauthorized
            )
            .ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Problem.Forbidden("This is not for you: it takes another role.").ExecuteAsync(Context);
}
