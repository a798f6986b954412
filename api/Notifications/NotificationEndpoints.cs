using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.Mails;

namespace TemporalDelivery.Api.Notifications;

/// <summary>What customers were told, and what became of it.</summary>
internal static class NotificationEndpoints
{
    public static void MapNotifications(this WebApplication app) =>
        app.MapGet("/notifications", ListAsync)
            .WithName("listNotifications")
            .WithDescription("The latest first, with those that wait and those that bounced.")
            .WithTags("Notifications")
            .WithSummary("Lists the mails to customers, newest first.")
            .RequireAuthorization(Policies.Owner)
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);

    private static async Task<Results<Ok<PageOf<NotificationResponse>>, ProblemHttpResult>> ListAsync(
        Caller caller,
        MailStore mails,
        Guid? customerId,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var owner = customerId ?? caller.CustomerId;
        if (owner is { } customer && !caller.MayActFor(customer))
        {
            return Problem.Forbidden("A customer sees their own notifications.");
        }

        var page = await mails.ListAsync(owner, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return TypedResults.Ok(
            new PageOf<NotificationResponse>(
                [.. page.Items.Select(mail => NotificationResponse.Of(mail, caller))],
                page.Next is { } next ? PageRequest.Cursor(next) : null
            )
        );
    }
}
