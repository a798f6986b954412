using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Catalogue;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Says of parameters what they mean and, where the types do not tell, what they may be. One name means one thing.</summary>
internal sealed class ParameterTexts : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["claimedBy"] = "Only those that this operator works on: `operator:<name>`.",
        ["code"] = "The voucher's code, however it was typed.",
        ["consistent"] = "Whether to ask the workflow itself instead of the read model, which follows it by moments.",
        ["cursor"] = "Where the page begins: `next` of the page before.",
        ["customerId"] = "The customer; customers may leave it out in lists, and get their own.",
        ["deliveryOrderId"] = "The delivery order.",
        ["endpointId"] = "The webhook endpoint.",
        ["keyId"] = "The API key.",
        ["kind"] = "Only those of this kind.",
        ["limit"] = "How many to list at most.",
        ["olderThan"] = "Only those that were opened longer ago than this ISO 8601 duration (`PT2H`, `P1D`).",
        ["onSale"] = "Whether to list what is on sale, or what is not.",
        ["open"] = "Whether to list those that are open, or those that are closed.",
        ["orderId"] = "The order.",
        ["sku"] = "The article's number.",
        ["state"] = "Only those in this state.",
        ["status"] = "Only those of this status.",
        ["taskId"] = "The operator task.",
        ["waiting"] = "Only what still waits to be taken, or only what was taken.",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (Meanings.TryGetValue(parameter.Name ?? "", out var meaning))
            {
                parameter.Description ??= meaning;
            }

            if (parameter.Schema is OpenApiSchema schema)
            {
                Bound(parameter.Name, schema, context.Description.HttpMethod == HttpMethods.Get);
            }
        }

        return Task.CompletedTask;
    }

    private static void Bound(string? name, OpenApiSchema schema, bool isRead)
    {
        switch (name)
        {
            case "limit":
                schema.Minimum = "1";
                schema.Maximum = $"{PageRequest.MaxLimit}";
                schema.Default = JsonValue.Create(PageRequest.DefaultLimit);
                break;
            case "olderThan":
                schema.Format = "duration";
                break;
            case "claimedBy":
                schema.Pattern = "^operator:.+$";
                break;
            // What can be no article's number is an unknown article to who reads.
            case "sku" when !isRead:
                schema.MaxLength = Sku.MaxLength;
                schema.Pattern = Sku.Pattern;
                break;
        }
    }
}
