using Microsoft.OpenApi;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>The description of the API at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", document =>
        {
            document.AddSchemaTransformer<TextSchemas>();
            document.AddOperationTransformer<PathParameters>();
            document.AddOperationTransformer<HeaderParameters>();
            document.AddOperationTransformer<SecuritySchemes>();
            document.AddDocumentTransformer(
                (api, _, _) =>
                {
                    api.Info = new OpenApiInfo
                    {
                        Title = "TemporalDelivery",
                        Version = "v1",
                        Description = "Orders from POST to the customer's confirmation. Errors are problem details (RFC 9457).",
                    };
                    api.Components ??= new OpenApiComponents();
                    api.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                    SecuritySchemes.Describe(api.Components.SecuritySchemes);
                    return Task.CompletedTask;
                }
            );
        });

    public static void MapApiDocument(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json");
}
