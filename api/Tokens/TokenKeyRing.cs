using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using TemporalDelivery.Database.Tokens;
using TemporalDelivery.Database.Users;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Api.Tokens;

/// <summary>
/// This host's copy of the keys of tokens. It is there before the host serves anybody, and read again every minute, which is less than a
/// key is published before it signs.
/// </summary>
internal sealed class TokenKeyRing(
    TokenKeyStore store,
    SignIns signIns,
    TokenSettings options,
    IOptionsMonitorCache<OpenIddictServerOptions> serverOptions,
    ILogger<TokenKeyRing> log
) : BackgroundService
{
    /// <summary>How often the keys are read again.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromMinutes(1);

    private readonly RetryLoop retries = new("Reading the keys of tokens", log);
    private volatile Keys keys = new([], []);

    /// <summary>The keys that access tokens may be signed with.</summary>
    public IEnumerable<SecurityKey> SigningKeys => keys.Signing;

    /// <summary>The key of that name, if tokens may be signed with it.</summary>
    public IEnumerable<SecurityKey> Find(string keyId) => SigningKeys.Where(key => key.KeyId == keyId);

    /// <summary>Gives the keys to the endpoint of tokens: the first of each kind is the one in use.</summary>
    public void Fill(OpenIddictServerOptions server)
    {
        var now = keys;
        server.SigningCredentials.AddRange(now.Signing.Select(key => new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256)));
        server.EncryptionCredentials.AddRange(
            now.Encryption.Select(key => new EncryptingCredentials(
                key,
                SecurityAlgorithms.Aes256KW,
                SecurityAlgorithms.Aes256CbcHmacSha512
            ))
        );
    }

    /// <summary>Makes and forgets keys as their time comes, and reads them.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var stored = await store.UpkeepAsync(options.KeyLife, options.KeyNotice, options.RefreshLife, cancellationToken);
        var known = keys;
        keys = new(
            InUseFirst(known.Signing, StoredTokenKey.Signing, SigningKey),
            InUseFirst(known.Encryption, StoredTokenKey.Encryption, key => new SymmetricSecurityKey(key.Secret) { KeyId = key.KeyId })
        );
        serverOptions.Clear();

        IReadOnlyList<SecurityKey> InUseFirst(IReadOnlyList<SecurityKey> held, string use, Func<StoredTokenKey, SecurityKey> make) =>
            [
                .. stored
                    .Where(key => key.Use == use)
                    .OrderByDescending(key => key.IsDue)
                    .Select(key => held.FirstOrDefault(same => same.KeyId == key.KeyId) ?? make(key)),
            ];
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await retries.UntilDoneAsync(ReadAsync, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        retries.RunAsync(
            async token =>
            {
                await Task.Delay(Refresh, token);
                await ReadAsync(token);
                await signIns.ForgetAsync(token);
            },
            stoppingToken
        );

    private static ECDsaSecurityKey SigningKey(StoredTokenKey stored)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(stored.Secret, out _);
        return new ECDsaSecurityKey(key) { KeyId = stored.KeyId };
    }

    private sealed record Keys(IReadOnlyList<SecurityKey> Signing, IReadOnlyList<SecurityKey> Encryption);
}
