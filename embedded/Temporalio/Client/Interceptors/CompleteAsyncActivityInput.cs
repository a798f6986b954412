using Temporalio.Converters;

namespace Temporalio.Client.Interceptors;

/// <summary>Completes an activity from elsewhere.</summary>
/// <param name="Activity">Which.</param>
/// <param name="Result">Its result.</param>
/// <param name="Options">Options.</param>
/// <param name="DataConverterOverride">Converter in place of the client's.</param>
public record CompleteAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    object? Result,
    AsyncActivityCompleteOptions? Options,
    DataConverter? DataConverterOverride = null);
