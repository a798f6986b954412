namespace Temporalio.Worker.Tuning;

/// <summary>A slot that is now free.</summary>
/// <param name="SlotInfo">Its use, or null if it was never used.</param>
/// <param name="Permit">Its permit.</param>
public record SlotReleaseContext(SlotInfo? SlotInfo, SlotPermit Permit);
