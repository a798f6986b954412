using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Actors;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Says of operations that take callers without credentials that these are optional.</summary>
internal sealed class OpenAccess : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security =
            [
                [],
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DevelopmentActor.SchemeName, context.Document)] = [] },
            ];
        }

        return Task.CompletedTask;
    }
}
