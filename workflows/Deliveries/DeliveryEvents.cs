namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>The events of the delivery graph, by the names that the graph file, the partner and the audit rows use.</summary>
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

    /// <summary>Nobody picked it up in time.</summary>
    public const string PickupOverdue = "PICKUP_OVERDUE";

    /// <summary>Nobody delivered it in time.</summary>
    public const string DeliveryOverdue = "DELIVERY_OVERDUE";

    /// <summary>The customer has it.</summary>
    public const string ConfirmReceipt = "CONFIRM_RECEIPT";

    /// <summary>Nobody said anything for long enough after the delivery.</summary>
    public const string ConfirmBySilence = "CONFIRM_BY_SILENCE";

    /// <summary>The customer or an operator says that it was not delivered as it should.</summary>
    public const string Dispute = "DISPUTE";

    /// <summary>The failure was handed to an operator.</summary>
    public const string AskOperator = "ASK_OPERATOR";

    /// <summary>Operator: a new delivery order takes over.</summary>
    public const string Redeliver = "REDELIVER";

    /// <summary>Given up.</summary>
    public const string Cancel = "CANCEL";

    /// <summary>Operator: there is proof that the customer has it.</summary>
    public const string ConfirmWithProof = "CONFIRM_WITH_PROOF";
}
