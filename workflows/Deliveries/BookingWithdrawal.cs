using TemporalDelivery.Workflows.Effects;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>Asks the partner to give a booking up.</summary>
internal static class BookingWithdrawal
{
    /// <summary>The partner's answer; an operator who asked otherwise may say it in the partner's place.</summary>
    public static Task<BookingCancellation> WithdrawAsync(
        this EffectRunner effects,
        DeliveryOrderKey key,
        string step,
        string? taskQueue = null
    ) =>
        effects.RunAsync(
            (IPartnerActivities partner) => partner.CancelBookingAsync(key),
            step,
            taskQueue,
            new StepOutcome<BookingCancellation>("CANCELLED", _ => Task.FromResult(new BookingCancellation(true, null))),
            new StepOutcome<BookingCancellation>("PICKED_UP", release => Task.FromResult(new BookingCancellation(false, release.Reason)))
        );
}
