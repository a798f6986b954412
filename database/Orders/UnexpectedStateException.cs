namespace TemporalDelivery.Database.Orders;

/// <summary>A change of state found another state than the one that it leaves: a bug, which no repetition mends. Nothing was changed.</summary>
public sealed class UnexpectedStateException(string message) : Exception(message);
