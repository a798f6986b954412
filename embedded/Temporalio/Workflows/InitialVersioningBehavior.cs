namespace Temporalio.Workflows;

/// <summary>Which worker version the next run of a continued workflow starts on.</summary>
public enum InitialVersioningBehavior
{
    /// <summary>Inherit this run's.</summary>
    Unspecified = Temporalio.Api.Enums.V1.ContinueAsNewVersioningBehavior.Unspecified,

    /// <summary>Start on the task queue's current or ramping version.</summary>
    AutoUpgrade = Temporalio.Api.Enums.V1.ContinueAsNewVersioningBehavior.AutoUpgrade,

    /// <summary>Start on the task queue's ramping version, whatever its share.</summary>
    UseRampingVersion = Temporalio.Api.Enums.V1.ContinueAsNewVersioningBehavior.UseRampingVersion,
}
