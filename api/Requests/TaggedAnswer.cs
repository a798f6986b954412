namespace TemporalDelivery.Api.Requests;

/// <summary>Marks an endpoint whose answers bear an <c>ETag</c>.</summary>
internal sealed class TaggedAnswer;
