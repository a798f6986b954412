using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.Customers;

namespace TemporalDelivery.Api.Customers;

/// <summary>What customers bought.</summary>
internal static class CustomerEndpoints
{
    public static void MapCustomers(this WebApplication app)
    {
        var customers = app.MapGroup("/customers")
            .WithTags("Customers")
            .RequireAuthorization(Policies.Owner)
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        customers
            .MapGet("{customerId:guid}/items", ItemsAsync)
            .WithName("listCustomerItems")
            .WithDescription("Of orders that were paid and not given back.")
            .WithSummary("All items that the customer bought, newest first.")
            .ProducesProblem(404);
        customers
            .MapGet("summaries", SummariesAsync)
            .WithName("listCustomerSummaries")
            .WithDescription("Computed by the database from orders that were paid and not given back.")
            .RequireAuthorization(Policies.Operator)
            .WithSummary("Per customer: orders, items, total spent, last order.");
    }

    private static async Task<Results<Ok<PageOf<CustomerItem>>, ProblemHttpResult>> ItemsAsync(
        Guid customerId,
        Caller caller,
        CustomerReader reader,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!caller.MayActFor(customerId))
        {
            return Problem.Forbidden("A customer sees their own items.");
        }

        var begin = PageRequest.NumberedCursor(cursor) is { } place ? new ItemCursor(place.Id, place.Number) : (ItemCursor?)null;
        return await reader.ListItemsAsync(customerId, begin, PageRequest.Limit(limit), cancellationToken) is { } page
            ? TypedResults.Ok(
                new PageOf<CustomerItem>(page.Items, page.Next is { } next ? PageRequest.Cursor(next.OrderId, next.LineNumber) : null)
            )
            : Problem.NotFound("customer", customerId);
    }

    private static async Task<Ok<PageOf<CustomerSummary>>> SummariesAsync(
        CustomerReader reader,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var page = await reader.ListSummariesAsync(PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return TypedResults.Ok(new PageOf<CustomerSummary>(page.Items, page.Next is { } next ? PageRequest.Cursor(next) : null));
    }
}
