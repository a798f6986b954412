using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>The header <c>If-None-Match: *</c> of a PUT: something new is wanted, and no change of what there is.</summary>
/// <param name="IsAsked">Whether the header is there.</param>
internal sealed record CreateOnly(bool IsAsked) : IBindableFromHttpContext<CreateOnly>, IEndpointParameterMetadataProvider
{
    /// <exception cref="MalformedRequestException">The header is anything else.</exception>
    public static ValueTask<CreateOnly?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        context.Request.Headers.IfNoneMatch switch
        {
            [] => ValueTask.FromResult<CreateOnly?>(new CreateOnly(IsAsked: false)),
            ["*"] => ValueTask.FromResult<CreateOnly?>(new CreateOnly(IsAsked: true)),
            _ => throw new MalformedRequestException(new("If-None-Match", "MALFORMED", "If-None-Match is * here, or absent.")),
        };

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new CreatingEndpoint());
}

/// <summary>Marks an endpoint that heeds <c>If-None-Match: *</c>.</summary>
internal sealed class CreatingEndpoint;
