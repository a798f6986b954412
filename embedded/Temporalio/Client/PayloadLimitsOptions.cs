namespace Temporalio.Client;

/// <summary>Sizes from which payloads are warned about.</summary>
public class PayloadLimitsOptions : ICloneable
{
    /// <summary>Bytes of payloads in one field; the server's own default.</summary>
    public int PayloadsWarnSize { get; set; } = 512 * 1024;

    /// <summary>Bytes of a memo; the server's own default.</summary>
    public int MemoWarnSize { get; set; } = 2 * 1024;

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
