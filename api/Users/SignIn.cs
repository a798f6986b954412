using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Identity;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Users;

/// <summary>Finds out who signs in. What goes wrong, and how long it takes, tells nobody whether there is such a user.</summary>
internal sealed class SignIn(UserStore users, SignIns tries, Passwords passwords)
{
    private const int IPv6NetworkBytes = 8;

    // No user can be called this.
    private const string Nobody = "?";

    /// <summary>Compares name and password.</summary>
    /// <param name="name">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="mayBe">Which users may sign in like this.</param>
    /// <param name="address">From where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SignInResult> TryAsync(
        string name,
        string password,
        Func<StoredUser, bool> mayBe,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        if (password.Length > Passwords.MaxLength)
        {
            return new SignInResult.Refused();
        }

        var (known, from) = (UserName.Normalize(name), Network(address));
        known = UserName.IsValid(known) ? known : Nobody;
        if (await tries.BeginAsync(known, from, cancellationToken) is { } till)
        {
            return new SignInResult.Locked(till);
        }

        var user = await users.FindAsync(known, cancellationToken);
        var result = await passwords.VerifyAsync(user, password, cancellationToken);
        if (user is null or { IsDisabled: true } || !mayBe(user) || result == PasswordVerificationResult.Failed)
        {
            return new SignInResult.Refused();
        }

        await tries.SucceededAsync(known, from, cancellationToken);
        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await users.RehashAsync(user, passwords.Hash(password), cancellationToken);
        }

        return new SignInResult.SignedIn(user);
    }

    // Whoever has an IPv6 network of their own has more addresses than can be counted.
    private static string Network(IPAddress? address)
    {
        if (address is null or { AddressFamily: not AddressFamily.InterNetworkV6 } or { IsIPv4MappedToIPv6: true })
        {
            return address?.MapToIPv4().ToString() ?? "";
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(IPv6NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}

/// <summary>How a try to sign in ends.</summary>
internal abstract record SignInResult
{
    private SignInResult() { }

    /// <summary>It is this user.</summary>
    internal sealed record SignedIn(StoredUser User) : SignInResult;

    /// <summary>It is nobody.</summary>
    internal sealed record Refused : SignInResult;

    /// <summary>Too many tries have failed; the next is looked at then.</summary>
    internal sealed record Locked(DateTimeOffset Till) : SignInResult;
}
