using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>What outside parties tell us. An event is stored before it is acknowledged; a relay hands it to its workflow.</summary>
internal static class WebhookEndpoints
{
    private const string Partner = "Partner";

    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        var keys = WebhookSecrets.Read(builder.Configuration, Partner);
        builder.Services.AddKeyedSingleton(Partner, (_, _) => new StandardWebhook(keys, TimeProvider.System));
    }

    public static void MapWebhooks(this WebApplication app) =>
        app.MapGroup("/webhooks")
            .WithTags("Webhooks")
            .MapPost("partner", ReceiveAsync)
            .Accepts<PartnerEventRequest>("application/json")
            .WithSummary("A signed event of the delivery partner (Standard Webhooks).")
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(404)
            .ProducesProblem(422)
            .ProducesProblem(503);

    private static async Task<Results<Accepted, ProblemHttpResult>> ReceiveAsync(
        HttpRequest request,
        [FromKeyedServices(Partner)] StandardWebhook webhook,
        Inbox inbox,
        CancellationToken cancellationToken
    )
    {
        // Nothing of the body is looked at before its sender is known.
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        if (webhook.Refusal(request.Headers, body) is { } refusal)
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "StandardWebhooks";
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status401Unauthorized);
        }

        var text = RequestBody.Text(body);
        var told = RequestBody.Parse<PartnerEventRequest>(body);
        if (told.Faults() is { Count: > 0 } faults)
        {
            return Problem.Refused(faults);
        }

        var receipt = await inbox.StoreAsync(Inbox.Partner, told.EventId!, told.DeliveryOrderId!.Value, text, cancellationToken);
        return receipt == InboxReceipt.UnknownDelivery
            ? Problem.NotFound("delivery", told.DeliveryOrderId)
            : TypedResults.Accepted((string?)null);
    }
}
