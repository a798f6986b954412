namespace TemporalDelivery.Worker.Merchants;

/// <summary>Webhooks that are sent. Configuration section <c>Webhooks:Outgoing</c>.</summary>
internal sealed record WebhookOptions
{
    /// <summary>
    /// Whether endpoints may be inside: loopback, private and link-local addresses. Off, nobody can have us call what only we can reach.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; }
}
