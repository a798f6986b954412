using TemporalDelivery.Workflows;

namespace TemporalDelivery.Database.Orders;

/// <summary>A FAILED order that somebody wants tried once more.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Actor">Who wants it.</param>
/// <param name="Reason">Why.</param>
/// <param name="PaymentToken">Another means of payment; null for the same.</param>
/// <param name="VoucherCode">Another voucher, or none when empty; null for the same.</param>
public sealed record OrderRetry(Guid OrderId, Actor Actor, string Reason, string? PaymentToken = null, string? VoucherCode = null);

/// <summary>What became of it.</summary>
/// <param name="Attempt">The new attempt; null when the order does not exist, is not FAILED (any more) or is not undone.</param>
/// <param name="IsUndone">Whether nothing of the attempt before is left for an operator to undo.</param>
public sealed record RetryResult(int? Attempt, bool IsUndone);
