using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Actors;

/// <summary>
/// Believes the header <c>X-Dev-Actor: customer:&lt;uuid&gt;</c>, <c>operator:&lt;name&gt;</c>, <c>admin:&lt;name&gt;</c> or
/// <c>client:&lt;name&gt;</c>, in Development and on this machine only: both ends of the connection are loopback, nobody passes the request
/// on, and it is for a name of this machine (another name is that of a page in a browser, which got it to resolve to here).
/// </summary>
internal sealed class DevelopmentActor(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IHostEnvironment environment
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "DevelopmentActor";
    public const string Header = "X-Dev-Actor";
    private const int MaxLength = 100;
    private const string Form = $"{Header} is customer:<uuid>, operator:<name>, admin:<name> or client:<name>.";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var values = Request.Headers[Header];
        if (values.Count == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(
            !IsAllowed ? AuthenticateResult.Fail($"{Header} is believed in Development, and on the machine itself, only.")
            : values is [{ Length: <= MaxLength } text] && Read(text) is { } caller
                ? AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), Scheme.Name))
            : AuthenticateResult.Fail(Form)
        );
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) =>
        await Unauthenticated.ChallengeAsync(Context, (await HandleAuthenticateOnceSafeAsync()).Failure?.Message);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Unauthenticated.ForbidAsync(Context);

    private bool IsAllowed =>
        environment.IsDevelopment()
        && IsLoopback(Context.Connection.LocalIpAddress)
        && IsLoopback(Context.Connection.RemoteIpAddress)
        && !Request.Headers.ContainsKey("X-Forwarded-For")
        && !Request.Headers.ContainsKey("Forwarded")
        && (Request.Host.Host == "localhost" || (IPAddress.TryParse(Request.Host.Host.Trim('[', ']'), out var host) && IsLoopback(host)));

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static Caller? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return null;
        }

        var (role, name) = (text[..colon], text[(colon + 1)..]);
        return role == UserRoles.Customer && !Guid.TryParse(name, out _)
            ? null
            : Caller.Describe(role, name, Guid.TryParse(name, out var customer) ? customer : null);
    }
}

/// <summary>Says at the start that <see cref="DevelopmentActor"/> believes what it is told.</summary>
internal sealed class DevelopmentActorWarning(IHostEnvironment environment, ILogger<DevelopmentActorWarning> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment())
        {
            log.LogWarning(
                "Development: whoever is on this machine may call the API as anybody, by the header {Header}",
                DevelopmentActor.Header
            );
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
