using System.Text.Json;
using System.Text.Json.Nodes;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>The read with <c>?consistent=true</c>: what the workflow itself says, laid over the read model's document.</summary>
internal sealed class OrderStatusQuery(WorkflowCalls workflows)
{
    /// <summary>
    /// The order with the workflow's own status, attempt, discount and reason. An order whose workflow has not begun is what it was
    /// accepted as.
    /// </summary>
    /// <exception cref="TemporalAwayException">The workflow does not answer.</exception>
    public async Task<JsonObject> AskAsync(StatusDocument order, CancellationToken cancellationToken)
    {
        var document = JsonNode.Parse(order.Json.Span)!.AsObject();
        if (
            await workflows.QueryAsync(WorkflowIds.Order(order.Id), (OrderWorkflow workflow) => workflow.View(), cancellationToken)
            is not { } view
        )
        {
            return document;
        }

        // A run of an earlier attempt says nothing about the one that waits to be started.
        if (view.Attempt < document["attempt"]!.GetValue<int>())
        {
            return document;
        }

        document["status"] = view.Status.WireName();
        document["attempt"] = view.Attempt;
        document["discountCents"] = view.DiscountCents;
        if (view.Reason is { } reason)
        {
            document["failure"] = new JsonObject { ["type"] = document["failure"]?["type"]?.DeepClone(), ["reason"] = reason };
        }

        document["workflow"] = JsonSerializer.SerializeToNode(view, JsonSerializerOptions.Web);
        return document;
    }
}
