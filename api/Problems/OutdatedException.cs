namespace TemporalDelivery.Api.Problems;

/// <summary>What is to be changed has changed since the caller saw it; answered 412.</summary>
internal sealed class OutdatedException() : Exception("It has changed since: read it again.");
