using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>What outside parties tell us. An event is stored before it is acknowledged; a relay hands it on.</summary>
internal static class WebhookEndpoints
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        foreach (var sender in Enum.GetValues<EventSender>())
        {
            var keys = WebhookSecrets.Read(builder.Configuration, sender.ToString());
            builder.Services.AddKeyedSingleton(sender, (_, _) => new StandardWebhook(keys, TimeProvider.System));
        }
    }

    public static void MapWebhooks(this WebApplication app)
    {
        var webhooks = app.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapSender<PartnerEventRequest>(
            EventSender.Partner,
            "partner",
            "A signed event of the delivery partner (Standard Webhooks)."
        );
        webhooks.MapSender<ProviderPaymentEvent>(
            EventSender.Payments,
            "payments",
            "A signed event of the payment provider (Standard Webhooks)."
        );
    }

    private static void MapSender<TEvent>(this RouteGroupBuilder webhooks, EventSender sender, string path, string summary)
        where TEvent : class, IForeignEvent =>
        webhooks
            .MapPost(path, (HttpRequest request, Inbox inbox, ILogger<TEvent> log, CancellationToken cancellationToken) =>
                ReceiveAsync<TEvent>(sender, request, inbox, log, cancellationToken)
            )
            .Accepts<TEvent>("application/json")
            .WithMetadata(new SignedRequest())
            .WithName($"receive{sender.ToString().TrimEnd('s')}Event")
            .WithSummary(summary)
            .WithDescription(
                "It is stored before it is acknowledged; sent again it has no effect. Unknown fields and types are not refused."
            )
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(404)
            .ProducesProblem(422)
            .ProducesProblem(503);

    private static async Task<Results<Accepted, ProblemHttpResult>> ReceiveAsync<TEvent>(
        EventSender sender,
        HttpRequest request,
        Inbox inbox,
        ILogger log,
        CancellationToken cancellationToken
    )
        where TEvent : class, IForeignEvent
    {
        // Nothing of the body is looked at before its sender is known.
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var webhook = request.HttpContext.RequestServices.GetRequiredKeyedService<StandardWebhook>(sender);
        if (webhook.Refusal(request.Headers, body) is { } refusal)
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "StandardWebhooks";
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status401Unauthorized);
        }

        var received = Read<TEvent>(body);
        if (received.Faults.Count > 0)
        {
            return Problem.Refused([.. received.Faults.Select(fault => new Fault($"#/{fault.Field}", fault.Code, fault.Message))]);
        }

        var incoming = new IncomingEvent(sender, received.EventId!, received.AggregateId, received.Body);
        switch (await inbox.StoreAsync(incoming, cancellationToken))
        {
            case InboxReceipt.UnknownAggregate:
                return Problem.NotFound(sender == EventSender.Partner ? "delivery" : "order", received.AggregateId!);
            case InboxReceipt.Conflicting:
                log.LogWarning(
                    "{Sender} sent something else under the id of event {EventId}: it is kept and has no effect",
                    sender,
                    received.EventId
                );
                break;
            case InboxReceipt.Stored when !received.IsKnown:
                log.LogWarning("{Sender} sent event {EventId} of an unknown type: it is kept and has no effect", sender, received.EventId);
                break;
        }

        return TypedResults.Accepted((string?)null);
    }

    private static ReceivedEvent Read<TEvent>(byte[] body)
        where TEvent : class, IForeignEvent
    {
        try
        {
            return ReceivedEvent.Read<TEvent>(body);
        }
        catch (JsonException failure)
        {
            throw new MalformedRequestException(JsonFault.From(failure));
        }
    }
}
