namespace Temporalio.Worker.Tuning;

/// <summary>Permission to use a slot.</summary>
public class SlotPermit
{
    /// <summary>Initializes a new instance of the <see cref="SlotPermit" /> class.</summary>
    public SlotPermit()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="SlotPermit" /> class with data of the supplier.</summary>
    /// <param name="data">Data.</param>
    public SlotPermit(object data) => UserData = data;

    /// <summary>Gets the supplier's data.</summary>
    public object? UserData { get; init; }
}
