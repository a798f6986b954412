namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// Events of the delivery graph that code names, by the names in the graph file, in the partner's messages and in the audit rows. Other
/// events stand in the graph file only.
/// </summary>
public static class DeliveryEvents
{
    /// <summary>The partner picked it up.</summary>
    public const string PickedUp = "PICKED_UP";

    /// <summary>The partner handed it over.</summary>
    public const string Delivered = "DELIVERED";

    /// <summary>The partner failed, with a reason.</summary>
    public const string Failed = "FAILED";

    /// <summary>The partner refused the booking.</summary>
    public const string Rejected = "REJECTED";

    /// <summary>The customer has it.</summary>
    public const string ConfirmReceipt = "CONFIRM_RECEIPT";

    /// <summary>The customer or an operator says that it was not delivered as it should.</summary>
    public const string Dispute = "DISPUTE";

    /// <summary>An operator has a new delivery order take over.</summary>
    public const string Redeliver = "REDELIVER";

    /// <summary>The delivery is given up.</summary>
    public const string Cancel = "CANCEL";
}
