namespace TemporalDelivery.Database.Tokens;

/// <summary>A key of tokens.</summary>
/// <param name="KeyId">Its name in a token's header.</param>
/// <param name="Use"><see cref="Signing"/> or <see cref="Encryption"/>.</param>
/// <param name="Secret">PKCS#8 of a P-256 key, or 256 bits.</param>
/// <param name="IsDue">Whether its time to sign or to encrypt has come; published it is already.</param>
public sealed record StoredTokenKey(string KeyId, string Use, byte[] Secret, bool IsDue)
{
    /// <summary>Signs tokens.</summary>
    public const string Signing = "sig";

    /// <summary>Encrypts refresh tokens.</summary>
    public const string Encryption = "enc";
}
