namespace TemporalDelivery.Api.Problems;

/// <summary>The request cannot be read; answered 400 with what cannot be read and where.</summary>
public sealed class MalformedRequestException(Fault fault) : Exception(fault.Detail)
{
    /// <summary>What and where.</summary>
    public Fault Fault { get; } = fault;
}
