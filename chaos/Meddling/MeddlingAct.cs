namespace TemporalDelivery.Chaos.Meddling;

/// <summary>An act, and to whom it was done.</summary>
/// <param name="Act">What was done, or tried: whether a call that was not answered took effect nobody knows.</param>
/// <param name="WorkflowId">To which workflow.</param>
internal sealed record MeddlingAct(Act Act, string WorkflowId);
