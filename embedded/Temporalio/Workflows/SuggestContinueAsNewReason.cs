namespace Temporalio.Workflows;

/// <summary>Why the server suggests to continue as new.</summary>
public enum SuggestContinueAsNewReason
{
    /// <summary>Not said.</summary>
    Unspecified = Temporalio.Api.Enums.V1.SuggestContinueAsNewReason.Unspecified,

    /// <summary>The history has become too large in bytes.</summary>
    HistorySizeTooLarge = Temporalio.Api.Enums.V1.SuggestContinueAsNewReason.HistorySizeTooLarge,

    /// <summary>The history has too many events.</summary>
    TooManyHistoryEvents = Temporalio.Api.Enums.V1.SuggestContinueAsNewReason.TooManyHistoryEvents,

    /// <summary>The run has had too many updates.</summary>
    TooManyUpdates = Temporalio.Api.Enums.V1.SuggestContinueAsNewReason.TooManyUpdates,
}
