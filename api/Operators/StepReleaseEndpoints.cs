using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Operators;

/// <summary>Operators' decisions about steps that do not succeed. Which are possible is for the workflow to say.</summary>
internal static class StepReleaseEndpoints
{
    public static void MapStepReleases(this WebApplication app)
    {
        var releases = app.MapGroup("")
            .RequireAuthorization(Policies.Operator)
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(404)
            .ProducesProblem(503);
        releases
            .MapPost("/orders/{orderId:guid}/steps/release", OfOrderAsync)
            .WithName("releaseOrderStep")
            .WithDescription("Tried again, taken as done with an outcome, or given up. The operator task names the step.")
            .WithTags("Orders")
            .Idempotent()
            .WithSummary("Decides about a step of an order that does not succeed.");
        releases
            .MapPost("/deliveries/{deliveryOrderId:guid}/steps/release", OfDeliveryAsync)
            .WithName("releaseDeliveryStep")
            .WithDescription("Tried again, taken as done with an outcome, or given up. The operator task names the step.")
            .WithTags("Deliveries")
            .Idempotent()
            .WithSummary("Decides about a step of a delivery that does not succeed.");
    }

    private static Task<Results<Ok<OrderView>, ProblemHttpResult>> OfOrderAsync(
        OwnedResource order,
        StepReleaseRequest body,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    )
    {
        var release = body.By(order.Caller.Actor);
        return UpdateAsync<OrderWorkflow, OrderView>(
            order,
            WorkflowIds.Order(order.Id),
            workflow => workflow.ReleaseStepAsync(release),
            workflows,
            cancellationToken
        );
    }

    private static Task<Results<Ok<DeliveryView>, ProblemHttpResult>> OfDeliveryAsync(
        OwnedResource delivery,
        StepReleaseRequest body,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    )
    {
        var release = body.By(delivery.Caller.Actor);
        return UpdateAsync<DeliveryWorkflow, DeliveryView>(
            delivery,
            WorkflowIds.Delivery(delivery.Id),
            workflow => workflow.ReleaseStepAsync(release),
            workflows,
            cancellationToken
        );
    }

    private static async Task<Results<Ok<TView>, ProblemHttpResult>> UpdateAsync<TWorkflow, TView>(
        OwnedResource resource,
        string workflowId,
        Expression<Func<TWorkflow, Task<TView>>> release,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    ) =>
        await workflows.UpdateAsync(workflowId, release, resource.Call?.UpdateId, cancellationToken) switch
        {
            UpdateOutcome<TView>.Done done => TypedResults.Ok(done.View),
            UpdateOutcome<TView>.Refused refused => Problem.Conflict(refused.Reason, refused.Code),
            _ => Problem.Conflict($"{workflowId} is not running: none of its steps waits to be released.", "NOT_RUNNING"),
        };
}
