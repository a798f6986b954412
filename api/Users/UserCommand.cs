using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Api.Hosting;
using TemporalDelivery.Api.Tokens;
using TemporalDelivery.Database.Users;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Logging;
using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Api.Users;

/// <summary>
/// <c>user add|password|disable|enable NAME</c>: the users that there are before anybody can sign in. A password is the first line of
/// standard input; without one it is made and shown, once. It never stands on a command line, where everybody on the machine can read it.
/// </summary>
internal static class UserCommand
{
    public const string Name = "user";

    private const string Usage =
        "expected add NAME ROLE [--customer ID], password NAME, disable NAME or enable NAME; a password comes by standard input";

    // None that looks like another.
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int GeneratedLength = 24;

    /// <summary>Runs it to its end.</summary>
    /// <param name="words">What to do, then settings of the database as for a host; what they do not say is in the environment.</param>
    public static async Task<int> RunAsync(string[] words)
    {
        var (change, settings) = Parse(words);
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { Args = settings, ContentRootPath = AppContext.BaseDirectory }
        );
        builder.AddConsoleLog();
        builder.AddDatabase();
        using var host = builder.Build();
        using var passwords = new Passwords(TokenSettings.Read(builder.Configuration));
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        await host.Services.GetRequiredService<Migrator>().MigrateAsync(stop.Token);
        await MakeAsync(change, host.Services.GetRequiredService<UserStore>(), passwords, stop.Token);
        return 0;
    }

    private static async Task MakeAsync(UserChange change, UserStore users, Passwords passwords, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case UserChange.Add add:
                var (password, isShown) = await PasswordAsync(cancellationToken);
                var user = new StoredUser(Guid.CreateVersion7(), add.User, passwords.Hash(password), add.Role, add.CustomerId, false, 1);
                switch (await users.AddAsync(user, cancellationToken))
                {
                    case AddUserResult.NameTaken:
                        throw new ConfigurationException($"there is a user {add.User} already");
                    case AddUserResult.CustomerUnknown:
                        throw new ConfigurationException($"there is no customer {add.CustomerId}");
                    default:
                        await SayAsync($"{add.User} is a user now, and {add.Role}", password, isShown);
                        return;
                }

            case UserChange.Password:
                var (other, isOtherShown) = await PasswordAsync(cancellationToken);
                RequireKnown(await users.ChangePasswordAsync(change.User, passwords.Hash(other), cancellationToken), change.User);
                await SayAsync(
                    $"{change.User} has another password; who is signed in can go on for a quarter of an hour",
                    other,
                    isOtherShown
                );
                return;

            case UserChange.Disable disable:
                RequireKnown(await users.DisableAsync(change.User, disable.IsDisabled, cancellationToken), change.User);
                await SayAsync(
                    disable.IsDisabled ? $"{change.User} can no longer sign in" : $"{change.User} can sign in again",
                    "",
                    isShown: false
                );
                return;
        }
    }

    private static void RequireKnown(bool isKnown, string user)
    {
        if (!isKnown)
        {
            throw new ConfigurationException($"there is no user {user}");
        }
    }

    // What was made is the only line of standard output, so that a script can take it.
    private static async Task SayAsync(string done, string password, bool isShown)
    {
        await Console.Error.WriteLineAsync(isShown ? $"{done}. The password, shown this once:" : done);
        if (isShown)
        {
            Console.WriteLine(password);
        }
    }

    private static async Task<(string Password, bool IsShown)> PasswordAsync(CancellationToken cancellationToken)
    {
        var typed = Console.IsInputRedirected ? await Console.In.ReadLineAsync(cancellationToken) : null;
        return typed switch
        {
            null or "" => (RandomNumberGenerator.GetString(Alphabet, GeneratedLength), true),
            { Length: >= Passwords.MinLength and <= Passwords.MaxLength } => (typed, false),
            _ => throw new ConfigurationException($"a password has {Passwords.MinLength} to {Passwords.MaxLength} characters"),
        };
    }

    private static (UserChange Change, string[] Settings) Parse(string[] words)
    {
        switch (words)
        {
            case ["add", var name, var role, "--customer", var id, .. var rest]:
                return (new UserChange.Add(Known(name), KnownRole(role, isCustomer: true), Customer(id)), rest);
            case ["add", var name, var role, .. var rest]:
                return (new UserChange.Add(Known(name), KnownRole(role, isCustomer: false), null), rest);
            case ["password", var name, .. var rest]:
                return (new UserChange.Password(Known(name)), rest);
            case ["disable" or "enable", var name, .. var rest]:
                return (new UserChange.Disable(Known(name), words[0] == "disable"), rest);
            default:
                throw new ConfigurationException(Usage);
        }
    }

    private static string Known(string name) =>
        UserName.Normalize(name) is var normal && UserName.IsValid(normal)
            ? normal
            : throw new ConfigurationException($"'{name}' is no name: {UserName.Rule}");

    private static string KnownRole(string role, bool isCustomer) =>
        !UserRoles.All.Contains(role)
            ? throw new ConfigurationException($"'{role}' is no role; there are {string.Join(", ", UserRoles.All)}")
        : isCustomer == (role == UserRoles.Customer) ? role
        : throw new ConfigurationException("--customer ID says which customer a user is whose role is customer, and no other");

    private static Guid Customer(string id) =>
        Guid.TryParse(id, out var customer) ? customer : throw new ConfigurationException($"'{id}' is no customer's id");

    private abstract record UserChange(string User)
    {
        internal sealed record Add(string User, string Role, Guid? CustomerId) : UserChange(User);

        internal sealed record Password(string User) : UserChange(User);

        internal sealed record Disable(string User, bool IsDisabled) : UserChange(User);
    }
}
