using Npgsql;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Vouchers;

/// <summary>A code that a customer has typed.</summary>
/// <param name="Pointer">Where in the request.</param>
/// <param name="Code">As typed.</param>
/// <param name="CustomerId">Who wants to redeem it.</param>
internal sealed record TypedVoucher(string Pointer, string Code, Guid CustomerId);

/// <summary>
/// Tells a customer at once of a voucher that cannot be redeemed. What becomes of it until it is redeemed is the workflow's to say; and
/// where the vouchers' module does not answer, nothing is refused here, because it must never stand in an order's way.
/// </summary>
internal sealed class VoucherCheck(VoucherStore vouchers, ILogger<VoucherCheck> logger)
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(1);

    /// <summary>Everything that is wrong with the codes of a request, and what the others are good for.</summary>
    public async Task<(IReadOnlyList<Fault> Faults, long AmountCents)> LookAsync(
        IReadOnlyList<TypedVoucher> typed,
        CancellationToken cancellationToken
    )
    {
        var codes = typed.Select(voucher => VoucherCode.Normalize(voucher.Code)).ToList();
        var known = await FindAsync([.. codes.OfType<string>().Distinct()], cancellationToken);
        var faults = new List<Fault>();
        var amountCents = 0L;
        var seen = new HashSet<string>();
        foreach (var (voucher, code) in typed.Zip(codes))
        {
            var fault =
                code is null ? ("VOUCHER_MALFORMED", "This is no voucher code: it has 16 letters and digits.")
                : !seen.Add(code) ? ("VOUCHER_USED", "Another order of this request uses the voucher.")
                : known is null ? default((string, string)?)
                : Refusal(known.GetValueOrDefault(code), voucher.CustomerId);
            if (fault is var (name, detail))
            {
                faults.Add(new Fault(voucher.Pointer, name, detail));
            }
            else
            {
                amountCents += known?[code!].AmountCents ?? 0;
            }
        }

        return (faults, amountCents);
    }

    // Another customer's code is not revealed to exist.
    private static (string Code, string Detail)? Refusal(Voucher? voucher, Guid customer) =>
        voucher is null || voucher.CustomerId != customer ? ("VOUCHER_UNKNOWN", "There is no such voucher.")
        : voucher.State == VoucherState.Used ? ("VOUCHER_USED", "The voucher is already used.")
        : voucher.State == VoucherState.Disabled ? ("VOUCHER_DISABLED", "The voucher is disabled.")
        : null;

    // Null when the module does not answer.
    private async Task<IReadOnlyDictionary<string, Voucher>?> FindAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken)
    {
        if (codes.Count == 0)
        {
            return new Dictionary<string, Voucher>();
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Answer);
        try
        {
            return (await vouchers.FindByCodesAsync(codes, deadline.Token)).ToDictionary(voucher => voucher.Code);
        }
        catch (Exception failure)
            when (failure is NpgsqlException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Vouchers are not looked at before an order is accepted: {Reason}", failure.Message);
            return null;
        }
    }
}
