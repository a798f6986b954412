using Temporalio.Common;

namespace TemporalDelivery.Workflows.Pages;

/// <summary>What Temporal's tools show of a workflow.</summary>
/// <param name="OrderId">Its order.</param>
/// <param name="CustomerId">The customer, by id.</param>
/// <param name="StateKey">The attribute that tells its state.</param>
/// <param name="State">Its state, one in which it can wait or its last.</param>
/// <param name="FailureReason">Why it failed, if it did.</param>
/// <param name="Headline">What has just happened, in a line.</param>
/// <param name="Tasks">The kinds of the operator tasks that are open.</param>
/// <param name="Allowed">The updates that are possible now.</param>
internal sealed record PageFace(
    Guid OrderId,
    Guid CustomerId,
    SearchAttributeKey<string> StateKey,
    string State,
    string? FailureReason,
    string Headline,
    IReadOnlyList<string> Tasks,
    IReadOnlyList<AllowedUpdate> Allowed
);
