using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Vouchers;

/// <summary>Vouchers that orders earned.</summary>
internal static class VoucherEndpoints
{
    public static void AddVoucherReads(this WebApplicationBuilder builder) => builder.Services.AddVouchers().AddSingleton<VoucherCheck>();

    public static void MapVouchers(this WebApplication app)
    {
        var vouchers = app.MapGroup("")
            .WithTags("Vouchers")
            .RequireAuthorization(Policies.Owner)
            .ProducesProblem(401)
            .ProducesProblem(404)
            .ProducesProblem(503);
        vouchers
            .MapGet("/orders/{orderId:guid}/voucher", FindByOrderAsync)
            .WithName("findOrderVoucher")
            .WithDescription("An order of more than 100.00 EUR earns one when it is fulfilled.")
            .WithSummary("The voucher that an order earned; 404 while there is none.");
        vouchers
            .MapGet("/vouchers", ListAsync)
            .WithName("listVouchers")
            .WithDescription("Operators say whose.")
            .WithSummary("A customer's vouchers, the latest first.")
            .ProducesProblem(400)
            .ProducesProblem(403);
        vouchers
            .MapGet("/vouchers/{code}", FindAsync)
            .WithName("findVoucher")
            .WithDescription("Only its owner and operators see it.")
            .WithSummary("A voucher by its code, however it was typed.");
        vouchers
            .MapPost("/vouchers/{code}/disable", DisableAsync)
            .WithName("disableVoucher")
            .WithDescription("A voucher that is used stays used.")
            .RequireAuthorization(Policies.Operator)
            .WithSummary("Takes a voucher out of use.")
            .ProducesProblem(403)
            .ProducesProblem(409);
    }

    private static async Task<Results<Ok<Voucher>, ProblemHttpResult>> FindByOrderAsync(
        OwnedResource order,
        VoucherStore vouchers,
        CancellationToken cancellationToken
    ) =>
        await vouchers.FindByOrderAsync(order.Id, cancellationToken) is { } voucher
            ? TypedResults.Ok(voucher)
            : Problem.NotFound("voucher of order", order.Id);

    private static async Task<Results<Ok<PageOf<Voucher>>, ProblemHttpResult>> ListAsync(
        Caller caller,
        VoucherStore vouchers,
        Guid? customerId,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if ((customerId ?? caller.CustomerId) is not { } owner)
        {
            return Problem.Malformed(new("customerId", "MISSING", "customerId says whose vouchers."));
        }

        if (!caller.MayActFor(owner))
        {
            return Problem.Forbidden("A customer sees their own vouchers.");
        }

        var most = PageRequest.Limit(limit);
        var found = await vouchers.ListAsync(owner, PageRequest.Cursor(cursor), most + 1, cancellationToken);
        return TypedResults.Ok(
            new PageOf<Voucher>([.. found.Take(most)], found.Count > most ? PageRequest.Cursor(found[most - 1].VoucherId) : null)
        );
    }

    private static async Task<Results<Ok<Voucher>, ProblemHttpResult>> FindAsync(
        string code,
        Caller caller,
        VoucherStore vouchers,
        CancellationToken cancellationToken
    ) =>
        await vouchers.FindByCodeAsync(code, cancellationToken) is { } voucher && caller.MayActFor(voucher.CustomerId)
            ? TypedResults.Ok(voucher)
            : Problem.NotFound("voucher", code);

    private static async Task<Results<NoContent, ProblemHttpResult>> DisableAsync(
        string code,
        Caller caller,
        VoucherStore vouchers,
        CancellationToken cancellationToken
    ) =>
        await vouchers.DisableAsync(code, caller.Actor.ToString(), cancellationToken) switch
        {
            DisableOutcome.Disabled => TypedResults.NoContent(),
            DisableOutcome.Used => Problem.Conflict("The voucher is used by an order.", "USED"),
            _ => Problem.NotFound("voucher", code),
        };
}
