using Temporalio.Converters;

namespace Temporalio.Client.Interceptors;

/// <summary>Fails an activity from elsewhere.</summary>
/// <param name="Activity">Which.</param>
/// <param name="Exception">Its failure.</param>
/// <param name="Options">Options.</param>
/// <param name="DataConverterOverride">Converter in place of the client's.</param>
public record FailAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    Exception Exception,
    AsyncActivityFailOptions? Options,
    DataConverter? DataConverterOverride = null);
