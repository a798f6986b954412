using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TemporalDelivery.Api.Tokens;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Users;

/// <summary>
/// Makes the hashes of passwords, and compares with them. Both cost time on purpose, so that only a few are done side by side.
/// </summary>
internal sealed class Passwords(TokenSettings options) : IDisposable
{
    /// <summary>The least characters that a password has.</summary>
    public const int MinLength = 12;

    /// <summary>The most.</summary>
    public const int MaxLength = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private int compared;
    private readonly SemaphoreSlim busy = new(Math.Max(2, Environment.ProcessorCount));
    private readonly PasswordHasher<StoredUser> hasher = new(
        Options.Create(new PasswordHasherOptions { IterationCount = options.PasswordRounds })
    );

    // Of no password that anybody knows: for names that there are none of, so that they cost the same time.
    private readonly string nobodys = new PasswordHasher<StoredUser>(
        Options.Create(new PasswordHasherOptions { IterationCount = options.PasswordRounds })
    ).HashPassword(null!, Guid.NewGuid().ToString());

    /// <summary>How many were compared.</summary>
    public int Compared => compared;

    /// <summary>The hash to store.</summary>
    public string Hash(string password) => hasher.HashPassword(null!, password);

    /// <summary>Whether this is the user's password; without a user the same work, and no.</summary>
    /// <exception cref="TimeoutException">Too many are being compared.</exception>
    public async Task<PasswordVerificationResult> VerifyAsync(StoredUser? user, string password, CancellationToken cancellationToken)
    {
        if (!await busy.WaitAsync(Patience, cancellationToken))
        {
            throw new TimeoutException("Too many passwords are being compared.");
        }

        try
        {
            Interlocked.Increment(ref compared);
            var result = hasher.VerifyHashedPassword(null!, user?.PasswordHash ?? nobodys, password);
            return user is null ? PasswordVerificationResult.Failed : result;
        }
        finally
        {
            busy.Release();
        }
    }

    public void Dispose() => busy.Dispose();
}
