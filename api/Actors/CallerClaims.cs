namespace TemporalDelivery.Api.Actors;

/// <summary>The claims of our own access tokens that no standard names.</summary>
internal static class CallerClaims
{
    /// <summary>Which customer it is.</summary>
    public const string CustomerId = "customer_id";
}
