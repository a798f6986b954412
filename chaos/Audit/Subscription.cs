namespace TemporalDelivery.Chaos.Audit;

/// <summary>Who is to be told of what.</summary>
/// <param name="Reader">The reader of the log that tells.</param>
/// <param name="Receiver">Whom.</param>
/// <param name="Topics">Of these topics; <c>order.%</c> means all of orders.</param>
internal sealed record Subscription(string Reader, string Receiver, IReadOnlyList<string> Topics);
