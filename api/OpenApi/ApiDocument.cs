using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.StatusReads;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>The description of the API at <c>/openapi/v1.json</c>, and committed as <c>docs/openapi.json</c>.</summary>
internal static class ApiDocument
{
    /// <summary>Where the description is served.</summary>
    public const string Path = $"/openapi/{Name}.json";

    /// <summary>The name of the description.</summary>
    public const string Name = "v1";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Tokens", "Signing in."),
        ("API keys", "The keys of programs."),
        ("Orders", "Placing, following and changing orders."),
        ("Deliveries", "Following parcels, saying that they came or did not, and deciding what becomes of those that failed."),
        ("Products", "The catalogue."),
        ("Customers", "What customers bought."),
        ("Vouchers", "Vouchers that orders earned."),
        ("Notifications", "The mails that customers got."),
        ("Operators", "What the system asks of people, and whether everything agrees that has to."),
        ("Merchants' webhooks", "Who is told of orders and deliveries, and what became of telling them."),
        ("Webhooks", "What the delivery partner and the payment provider tell us."),
        ("Health", "Whether the host lives, and whether it can work."),
    ];

    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(Name, document =>
        {
            document.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            document.CreateSchemaReferenceId = type =>
                type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(PageOf<>)
                    ? $"{type.Type.GetGenericArguments()[0].Name}Page"
                    : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            document.AddSchemaTransformer<TextSchemas>();
            document.AddSchemaTransformer<ObjectSchemas>();
            document.AddOperationTransformer<PathParameters>();
            document.AddOperationTransformer<HeaderParameters>();
            document.AddOperationTransformer<ParameterTexts>();
            document.AddOperationTransformer<SecuritySchemes>();
            document.AddOperationTransformer<OperationBodies>();
            document.AddOperationTransformer<OperationAnswers>();
            document.AddDocumentTransformer<ProblemResponses>();
            document.AddDocumentTransformer(
                (api, _, _) =>
                {
                    Describe(api);
                    return Task.CompletedTask;
                }
            );
        });

    public static void MapApiDocument(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json");

    /// <summary>Writes the description of a host that does not run.</summary>
    /// <returns>0, as a process says that it has done it.</returns>
    public static async Task<int> WriteAsync(WebApplication app, string path)
    {
        await using (app)
        {
            // What the start of a host does, and nothing else of it: without endpoints there is nothing to describe.
            app.UseRouting().UseEndpoints(_ => { });
            var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
            await File.WriteAllTextAsync(path, await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1) + "\n");
            return 0;
        }
    }

    private static void Describe(OpenApiDocument api)
    {
        api.Info = new OpenApiInfo
        {
            Title = "TemporalDelivery",
            Version = Name,
            Description =
                "Orders from POST to the customer's confirmation. Every error is a problem (RFC 9457) whose type leads to a page about it. "
                + "Amounts are EUR cents; times are UTC. Answers gain members from time to time: ignore what you do not know.",
            Contact = new OpenApiContact { Name = "The founders of TemporalDelivery", Url = new Uri("https://temporaldelivery.example") },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        api.Servers = [new OpenApiServer { Url = "/", Description = "The host that serves this description." }];
        api.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        api.Components ??= new OpenApiComponents();
        api.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        SecuritySchemes.Describe(api.Components.SecuritySchemes);
    }
}
