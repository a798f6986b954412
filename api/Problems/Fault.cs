namespace TemporalDelivery.Api.Problems;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Pointer">Where: a JSON pointer into the body as a fragment (<c>#/lines/0/quantity</c>), or a header's or parameter's
/// name.</param>
/// <param name="Code">For programs.</param>
/// <param name="Detail">For people.</param>
public sealed record Fault(string Pointer, string Code, string Detail);
