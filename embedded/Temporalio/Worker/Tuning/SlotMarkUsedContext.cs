namespace Temporalio.Worker.Tuning;

/// <summary>A slot that is now used.</summary>
/// <param name="SlotInfo">Its use.</param>
/// <param name="Permit">Its permit.</param>
public record SlotMarkUsedContext(SlotInfo SlotInfo, SlotPermit Permit);
