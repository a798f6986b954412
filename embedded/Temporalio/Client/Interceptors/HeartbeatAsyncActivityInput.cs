using Temporalio.Converters;

namespace Temporalio.Client.Interceptors;

/// <summary>Records a heartbeat of an activity from elsewhere.</summary>
/// <param name="Activity">Which.</param>
/// <param name="Options">Options.</param>
/// <param name="DataConverterOverride">Converter in place of the client's.</param>
public record HeartbeatAsyncActivityInput(
    AsyncActivityHandle.Reference Activity,
    AsyncActivityHeartbeatOptions? Options,
    DataConverter? DataConverterOverride = null);
