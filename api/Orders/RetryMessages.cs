using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.Orders;

/// <summary>A FAILED order is to be tried once more.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="PaymentToken">Another means of payment; the same when absent.</param>
/// <param name="VoucherCode">Another voucher, or none when empty; the same when absent.</param>
public sealed record RetryRequest(
    [property: NotBlank] string? Reason,
    string? PaymentToken = null,
    [property: RegularExpression(TemporalDelivery.Vouchers.VoucherCode.Typed), MaxLength(TemporalDelivery.Vouchers.VoucherCode.MaxTyped)]
        string? VoucherCode = null
) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults()
    {
        foreach (var fault in ReasonRequest.Missing(Reason))
        {
            yield return fault;
        }

        if (PaymentToken is { } token && string.IsNullOrWhiteSpace(token))
        {
            yield return new("#/paymentToken", "PAYMENT_TOKEN_MISSING", "A payment token that is given is not empty.");
        }
    }
}

/// <summary>A failed order that is tried again.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Its attempt now.</param>
public sealed record RetryResponse(Guid OrderId, int Attempt);
