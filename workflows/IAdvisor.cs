namespace TemporalDelivery.Workflows;

/// <summary>A workflow that knows which values the members of its messages may have now.</summary>
internal interface IAdvisor
{
    /// <summary>The values; null when any that can be read is worth a try.</summary>
    /// <param name="message">The message's type.</param>
    /// <param name="member">The member's name in JSON.</param>
    public IReadOnlyList<string>? AllowedNow(Type message, string member);
}
