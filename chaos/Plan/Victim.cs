namespace TemporalDelivery.Chaos.Plan;

/// <summary>A process that may be killed.</summary>
internal enum Victim
{
    Worker,
    Api,
    Temporal,
    Postgres,
    Partner,
    Payments,
    Broker,
}
