namespace TemporalDelivery.Api.Requests;

/// <summary>Marks an endpoint that takes one or an array, and answers in kind.</summary>
/// <param name="Most">The most in an array.</param>
internal sealed record OneOrMany(int Most);
