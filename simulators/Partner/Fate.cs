namespace TemporalDelivery.Simulators.Partner;

/// <summary>
/// What becomes of a booking, settled when it is made and kept in the ledger, so that a restart does not roll the dice again.
/// </summary>
/// <param name="Accepted">Whether the partner takes it.</param>
/// <param name="Reason">Why it is refused, or with which reason it will fail; null when it will be delivered.</param>
internal readonly record struct Fate(bool Accepted, string? Reason)
{
    private const string Mark = "FAIL:";
    private const string Refused = "PARTNER_REJECTED";

    private static readonly string[] Mishaps =
    [
        "WRONG_ADDRESS",
        "RECIPIENT_ABSENT",
        "RECIPIENT_REFUSED",
        "DAMAGED",
        "LOST",
        "ACCESS_DENIED",
    ];

    /// <summary>An order's first attempt obeys <c>FAIL:REASON</c> in the address; everything else is chance.</summary>
    public static Fate Of(BookingRequest request, double failureRate)
    {
        if (Demanded(request.Address) is { } reason)
        {
            return request.Attempt == 1 ? new(reason != Refused, reason) : new(true, null);
        }

        return Random.Shared.NextDouble() < failureRate ? new(true, Mishaps[Random.Shared.Next(Mishaps.Length)]) : new(true, null);
    }

    private static string? Demanded(BookingAddress address) => Demanded(address.Line2) ?? Demanded(address.Note);

    private static string? Demanded(string? text)
    {
        if (text?.IndexOf(Mark, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        var reason = new string([.. text[(at + Mark.Length)..].TakeWhile(letter => letter is '_' or (>= 'A' and <= 'Z'))]);
        return reason.Length > 0 ? reason : null;
    }
}
