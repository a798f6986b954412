namespace Temporalio.Runtime;

/// <summary>What each export says.</summary>
public enum OpenTelemetryMetricTemporality
{
    /// <summary>The sum since the beginning.</summary>
    Cumulative,

    /// <summary>The difference to the last.</summary>
    Delta,
}
