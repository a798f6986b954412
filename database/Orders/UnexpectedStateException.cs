using Temporalio.Exceptions;

namespace TemporalDelivery.Database.Orders;

/// <summary>
/// A change of state found another state than the one that it leaves: a bug that no retry heals, so the activity fails for good. Nothing
/// was changed.
/// </summary>
public sealed class UnexpectedStateException(string message) : ApplicationFailureException(message, "UNEXPECTED_STATE", nonRetryable: true);
