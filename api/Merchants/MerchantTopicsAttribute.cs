using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Merchants;

/// <summary>Says that texts are topics that a merchant may ask for.</summary>
internal sealed class MerchantTopicsAttribute() : OneOfAttribute(Topics.ForMerchants);
