namespace TemporalDelivery.Api.Requests;

/// <summary>Marks an endpoint whose answer says in <c>Location</c> where what it has made is read.</summary>
internal sealed class LocatedAnswer;
