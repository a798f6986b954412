namespace Temporalio.Client;

/// <summary>TLS of a connection. Certificates and keys are PEM.</summary>
public class TlsOptions : ICloneable
{
    /// <summary>Root certificate to trust in place of the system's.</summary>
    public byte[]? ServerRootCACert { get; set; }

    /// <summary>Name that the server's certificate must have, where it is not the host's.</summary>
    public string? Domain { get; set; }

    /// <summary>Certificate to present.</summary>
    public byte[]? ClientCert { get; set; }

    /// <summary>Its key.</summary>
    public byte[]? ClientPrivateKey { get; set; }

    /// <summary>Whether to go without TLS even though an API key is set.</summary>
    public bool Disabled { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
