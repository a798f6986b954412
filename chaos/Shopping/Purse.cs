using System.Collections.Concurrent;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>
/// The vouchers that customers have earned. Each code is given to two orders, so that some race for it and one comes too late.
/// </summary>
internal sealed class Purse
{
    private const int UsesOfACode = 2;
    private readonly ConcurrentQueue<string>[] codes = [new(), new(), new()];

    /// <summary>A customer has earned a voucher.</summary>
    public void Put(int customer, string code)
    {
        for (var use = 0; use < UsesOfACode; use++)
        {
            codes[customer].Enqueue(code);
        }
    }

    /// <summary>A code of this customer's; null when there is none left.</summary>
    public string? Take(int customer) => codes[customer].TryDequeue(out var code) ? code : null;
}
