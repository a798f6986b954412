using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>Why a change is asked for.</summary>
/// <param name="Reason">In a sentence.</param>
public sealed record ReasonRequest([property: NotBlank] string? Reason) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() => Missing(Reason);

    /// <summary>The fault of a change without a reason.</summary>
    internal static IEnumerable<Fault> Missing(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? [new Fault("#/reason", "REASON_MISSING", "Say why: a change has a reason.")] : [];
}
