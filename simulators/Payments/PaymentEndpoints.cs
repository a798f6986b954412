using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TemporalDelivery.Simulators.Hosting;

namespace TemporalDelivery.Simulators.Payments;

/// <summary>The payment provider's HTTP interface.</summary>
internal static class PaymentEndpoints
{
    public static void MapPayments(this WebApplication app)
    {
        var charges = app.MapGroup("/charges");
        charges.MapPost("", ChargeAsync);
        charges.MapGet("", ListAsync);
        charges.MapGet("{paymentId}", FindAsync);
        charges.MapPost("{paymentId}/refund", RefundAsync);
    }

    private static async Task<Results<Created<ChargeAnswer>, Ok<ChargeAnswer>, ValidationProblem, ProblemHttpResult>> ChargeAsync(
        [FromHeader(Name = "Idempotency-Key")] string? key,
        ChargeRequest request,
        ChargeBook book,
        Settlement settlement
    )
    {
        var faults = Faults(key, request);
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var (charge, isNew) = await book.ChargeAsync(key!, request);
        if (charge is null)
        {
            return TypedResults.Problem(
                $"The idempotency key '{key}' was used for another charge.",
                statusCode: StatusCodes.Status422UnprocessableEntity
            );
        }

        if (!isNew)
        {
            return TypedResults.Ok(charge.FirstAnswer());
        }

        settlement.Plan(charge);
        return TypedResults.Created($"/charges/{charge.Charged.PaymentId}", charge.FirstAnswer());
    }

    private static async Task<Results<Ok<ChargeAnswer>, ProblemHttpResult>> FindAsync(string paymentId, ChargeBook book) =>
        await book.FindAsync(paymentId) is { } charge ? TypedResults.Ok(charge.Describe()) : Unknown(paymentId);

    // The charge of one attempt at an order when these are given, otherwise the charges of a time.
    private static async Task<Results<Ok<IReadOnlyList<ChargeAnswer>>, Ok<ChargePage>, ValidationProblem>> ListAsync(
        Guid? orderId,
        int? attempt,
        HttpRequest request,
        ChargeBook book
    )
    {
        if (orderId is { } order && attempt is { } number)
        {
            return TypedResults.Ok<IReadOnlyList<ChargeAnswer>>(
                await book.FindAsync(order, number) is { } charge ? [charge.Describe()] : []
            );
        }

        var faults = new Dictionary<string, string[]>();
        if (orderId is not null || attempt is not null)
        {
            faults[orderId is null ? "orderId" : "attempt"] = ["An order's charge is asked for by orderId and attempt."];
            return TypedResults.ValidationProblem(faults);
        }

        var list = ListRequest.Read(request.Query, faults);
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        return await book.ListAsync(list) is { } page
            ? TypedResults.Ok(new ChargePage([.. page.Charges.Select(charge => charge.Describe())], page.Next))
            : TypedResults.ValidationProblem(ListRequest.UnknownCursor);
    }

    private static async Task<Results<Ok<ChargeAnswer>, ValidationProblem, ProblemHttpResult>> RefundAsync(
        string paymentId,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        ChargeBook book
    )
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["Idempotency-Key"] = ["The header is required."] });
        }

        if (await book.FindAsync(paymentId) is null)
        {
            return Unknown(paymentId);
        }

        if (await book.RefundAsync(key, paymentId) is { } refusal)
        {
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict);
        }

        return TypedResults.Ok((await book.FindAsync(paymentId))!.Describe());
    }

    private static ProblemHttpResult Unknown(string paymentId) =>
        TypedResults.Problem($"There is no payment {paymentId}.", statusCode: StatusCodes.Status404NotFound);

    private static Dictionary<string, string[]> Faults(string? key, ChargeRequest request)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(key))
        {
            faults["Idempotency-Key"] = ["The header is required."];
        }

        if (request.OrderId == Guid.Empty)
        {
            faults["orderId"] = ["Must not be empty."];
        }

        if (request.Attempt < 1)
        {
            faults["attempt"] = ["Must be 1 or more."];
        }

        if (request.AmountCents < 0)
        {
            faults["amountCents"] = ["Must not be negative."];
        }

        if (request.Currency != "EUR")
        {
            faults["currency"] = ["Must be EUR."];
        }

        if (string.IsNullOrWhiteSpace(request.PaymentToken))
        {
            faults["paymentToken"] = ["Must not be empty."];
        }

        return faults;
    }
}
