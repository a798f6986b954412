using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Tokens;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>
/// Says which credentials there are, and of every operation whether it takes one and of which roles, as its endpoint declares.
/// </summary>
internal sealed class SecuritySchemes(IAuthorizationPolicyProvider policies) : IOpenApiOperationTransformer
{
    private const string OAuth = "oauth2";
    private const string Bearer = "bearer";

    public static void Describe(IDictionary<string, IOpenApiSecurityScheme> schemes)
    {
        var endpoint = new Uri(TokenEndpoint.Path, UriKind.Relative);
        schemes[OAuth] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Description = "People sign in by name and password, programs by client_id and client_secret.",
            Flows = new OpenApiOAuthFlows
            {
                Password = new OpenApiOAuthFlow
                {
                    TokenUrl = endpoint,
                    RefreshUrl = endpoint,
                    Scopes = new Dictionary<string, string>(),
                },
                ClientCredentials = new OpenApiOAuthFlow { TokenUrl = endpoint, Scopes = new Dictionary<string, string>() },
            },
        };
        schemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Bearer,
            BearerFormat = "JWT",
            Description =
                "An access token of ours or of an issuer that is trusted, or a program's key (tdk_…). "
                + "The requirements name the roles, one of which it needs.",
        };
    }

    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var declared = metadata.OfType<IAuthorizeData>().ToList();
        operation.Security = [];
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security.Add([]);
            Add([]);
        }
        else if (declared.Count > 0)
        {
            var policy = await AuthorizationPolicy.CombineAsync(policies, declared);
            var roles = policy!.Requirements.OfType<RolesAuthorizationRequirement>().Select(required => required.AllowedRoles);
            Add([.. roles.Aggregate((one, other) => one.Intersect(other))]);
        }

        void Add(List<string> roles)
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(OAuth, context.Document)] = [] });
            operation.Security.Add(
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = roles }
            );
        }
    }
}
