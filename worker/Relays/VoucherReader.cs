using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Lets the voucher module follow completed orders.</summary>
internal sealed class VoucherReader(EarnedVouchers vouchers) : IOutboxReader
{
    public string Name => "vouchers";

    public bool Wants(string topic) => topic == EarnedVouchers.Completed;

    public Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken) =>
        vouchers.StartAsync(message.Payload, cancellationToken);
}
