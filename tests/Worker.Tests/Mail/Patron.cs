using System.Text;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Worker.Tests.Mail;

/// <summary>A customer with an order, its payment and its parcel.</summary>
internal sealed record Patron(Guid Customer, Guid Order, Guid Payment, Guid Delivery)
{
    public static readonly byte[] PinKey = Encoding.ASCII.GetBytes("receipt-key-of-32-bytes-for-tests");

    /// <summary>The PIN of the parcel.</summary>
    public string Pin => new ReceiptPin([PinKey]).Of(Delivery)!;
}
