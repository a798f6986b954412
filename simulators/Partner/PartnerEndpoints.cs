using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TemporalDelivery.Simulators.Hosting;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>The partner's HTTP interface.</summary>
internal static class PartnerEndpoints
{
    public static void MapPartner(this WebApplication app)
    {
        var deliveries = app.MapGroup("/deliveries");
        deliveries.MapPost("", BookAsync);
        deliveries.MapGet("", ListAsync);
        deliveries.MapGet("{deliveryOrderId:guid}", FindAsync);
        deliveries.MapPost("{deliveryOrderId:guid}/cancel", CancelAsync);
    }

    private static async Task<Results<Created<BookingAnswer>, Ok<BookingAnswer>, ValidationProblem, ProblemHttpResult>> BookAsync(
        [FromHeader(Name = "Idempotency-Key")] string? key,
        BookingRequest request,
        DeliveryBook book,
        Courier courier
    )
    {
        var faults = Faults(key, request);
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var (delivery, isNew) = await book.BookAsync(key!, request);
        if (delivery is null)
        {
            return TypedResults.Problem(
                $"The idempotency key '{key}' was used for another booking.",
                statusCode: StatusCodes.Status422UnprocessableEntity
            );
        }

        if (delivery.Booked.Status is { } status)
        {
            return TypedResults.Problem($"Delivery order {delivery.Booked.DeliveryOrderId} is not taken.", statusCode: status);
        }

        var answer = new BookingAnswer(delivery.Booked.DeliveryOrderId, delivery.Booked.Accepted, delivery.Booked.Reason);
        if (!isNew)
        {
            return TypedResults.Ok(answer);
        }

        courier.Drive(delivery);
        return TypedResults.Created($"/deliveries/{answer.DeliveryOrderId}", answer);
    }

    private static async Task<Results<Ok<DeliveryPage>, ValidationProblem>> ListAsync(HttpRequest request, DeliveryBook book)
    {
        var faults = new Dictionary<string, string[]>();
        var list = ListRequest.Read(request.Query, faults);
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        return await book.ListAsync(list) is { } page
            ? TypedResults.Ok(new DeliveryPage([.. page.Deliveries.Select(delivery => delivery.Describe())], page.Next))
            : TypedResults.ValidationProblem(ListRequest.UnknownCursor);
    }

    private static async Task<Results<Ok<DeliveryAnswer>, ProblemHttpResult>> FindAsync(Guid deliveryOrderId, DeliveryBook book) =>
        await book.FindAsync(deliveryOrderId) is { } delivery ? TypedResults.Ok(delivery.Describe()) : Unknown(deliveryOrderId);

    private static async Task<Results<Ok<DeliveryAnswer>, ProblemHttpResult>> CancelAsync(Guid deliveryOrderId, DeliveryBook book)
    {
        if (await book.FindAsync(deliveryOrderId) is not { } delivery)
        {
            return Unknown(deliveryOrderId);
        }

        if (!await book.CancelAsync(delivery.Number))
        {
            return TypedResults.Problem($"Delivery {deliveryOrderId} has been picked up.", statusCode: StatusCodes.Status409Conflict);
        }

        return TypedResults.Ok((await book.FindAsync(deliveryOrderId))!.Describe());
    }

    private static ProblemHttpResult Unknown(Guid deliveryOrderId) =>
        TypedResults.Problem($"There is no delivery {deliveryOrderId}.", statusCode: StatusCodes.Status404NotFound);

    private static Dictionary<string, string[]> Faults(string? key, BookingRequest request)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(key))
        {
            faults["Idempotency-Key"] = ["The header is required."];
        }

        if (request.DeliveryOrderId == Guid.Empty)
        {
            faults["deliveryOrderId"] = ["Must not be empty."];
        }

        if (request.OrderId == Guid.Empty)
        {
            faults["orderId"] = ["Must not be empty."];
        }

        if (request.Attempt < 1)
        {
            faults["attempt"] = ["Must be 1 or more."];
        }

        if (request.Lines is not { Count: > 0 })
        {
            faults["lines"] = ["Must not be empty."];
        }

        return faults;
    }
}
