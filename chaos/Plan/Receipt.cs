namespace TemporalDelivery.Chaos.Plan;

/// <summary>How a customer confirms what arrives.</summary>
internal enum Receipt
{
    /// <summary>Not at all: silence does.</summary>
    Silence,

    /// <summary>By their own word.</summary>
    Word,

    /// <summary>Whoever has the parcel gives its PIN, without credentials.</summary>
    Pin,

    /// <summary>The same, and gives a wrong one first.</summary>
    WrongPinFirst,
}
