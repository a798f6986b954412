using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>How a booking and its delivery order do not agree.</summary>
internal enum ParcelDifference
{
    /// <summary>The partner carries a parcel that we know nothing of.</summary>
    UnknownHere,

    /// <summary>The partner comes for a parcel, or has it, whose delivery was given up before it left.</summary>
    GivenUp,

    /// <summary>The parcel has left by our book, and the partner does not have it.</summary>
    NotCarriedThere,
}

/// <summary>A booking that does not agree with our book.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="Difference">How.</param>
/// <param name="Theirs">What the partner says of it; null: nothing.</param>
/// <param name="Ours">What our book says of it; null: nothing.</param>
internal sealed record ParcelFinding(Guid DeliveryOrderId, ParcelDifference Difference, BookingState? Theirs, BookedParcel? Ours)
{
    /// <summary>What the keys of all tasks about parcels look like, to SQL.</summary>
    public const string TaskPattern = "delivery-%/books/parcel/%";

    /// <summary>Whether the booking may be called off without asking anybody.</summary>
    public bool MayBeCancelled => Difference == ParcelDifference.GivenUp && Theirs == BookingState.Booked;

    /// <summary>Compares the books about a delivery order; null when they agree, or the difference is with an operator already.</summary>
    public static ParcelFinding? Find(Guid deliveryOrderId, BookingState? theirs, BookedParcel? ours)
    {
        var isCarried = theirs is BookingState.Booked or BookingState.PickedUp or BookingState.Delivered;
        ParcelDifference? difference = ours switch
        {
            null => isCarried ? ParcelDifference.UnknownHere : null,
            { IsGivenUp: true, HasLeft: false } => isCarried && !(theirs == BookingState.Delivered && ours.IsTold)
                ? ParcelDifference.GivenUp
                : null,
            { IsGivenUp: false, HasLeft: true } when theirs is null or BookingState.Cancelled or BookingState.Refused =>
                ParcelDifference.NotCarriedThere,
            _ => null,
        };
        return difference is { } found ? new ParcelFinding(deliveryOrderId, found, theirs, ours) : null;
    }

    /// <summary>Its operator task; with why it could not be put right, when that was tried.</summary>
    public BookDifference ToTask(string? failure = null)
    {
        var theirs = Theirs?.WireName() ?? "nothing";
        var ours = Ours is null ? "no such delivery" : $"{Ours.State}{(Ours.HasLeft ? ", picked up" : ", never picked up")}";
        var repair = failure is null ? "" : $"; the booking could not be cancelled: {failure}";
        return new BookDifference(
            TaskKey(DeliveryOrderId, Difference),
            Ours?.OrderId,
            DeliveryOrderId,
            $"{theirs} {Ours?.State} {Ours?.Version}",
            $"{Meaning}: of delivery {DeliveryOrderId} the partner says {theirs}, and we have {ours}{repair}"
        );
    }

    /// <summary>The key of the task about a difference.</summary>
    public static string TaskKey(Guid deliveryOrderId, ParcelDifference difference) =>
        $"{WorkflowIds.Delivery(deliveryOrderId)}/books/parcel/{difference}";

    /// <summary>The delivery order that a task is about.</summary>
    public static Guid OfTask(string taskKey) =>
        Guid.Parse(taskKey.Split('/')[0].AsSpan(WorkflowIds.Delivery(Guid.Empty).Length - Guid.Empty.ToString().Length));

    private string Meaning =>
        Difference switch
        {
            ParcelDifference.UnknownHere => "a booking that we know nothing of",
            ParcelDifference.GivenUp => "a parcel of a delivery that was given up",
            _ => "a parcel that the partner does not have",
        };
}
