namespace TemporalDelivery.Api.Webhooks;

/// <summary>Marks an endpoint whose requests bear the headers that <see cref="StandardWebhook"/> checks.</summary>
internal sealed class SignedRequest;
