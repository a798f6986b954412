using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>The header <c>If-Match</c>: a change is wanted of these versions only. Its endpoints answer 412 for others.</summary>
/// <param name="Tags">The versions' tags; null when any will do.</param>
/// <param name="MustExist">Whether there must be a version: the header is there.</param>
internal sealed record IfMatch(IReadOnlyList<string>? Tags, bool MustExist)
    : IBindableFromHttpContext<IfMatch>,
        IEndpointParameterMetadataProvider
{
    /// <summary>Whether a version is one of those; null when any will do.</summary>
    public Func<int, bool>? Allows => Tags is null ? null : version => Tags.Contains(EntityTag.Of(version));

    /// <exception cref="MalformedRequestException">The header is no list of entity tags.</exception>
    public static ValueTask<IfMatch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var values = context.Request.Headers.IfMatch;
        if (values.Count == 0)
        {
            return ValueTask.FromResult<IfMatch?>(new IfMatch(Tags: null, MustExist: false));
        }

        if (!EntityTagHeaderValue.TryParseStrictList(values, out var tags))
        {
            throw new MalformedRequestException(new("If-Match", "MALFORMED", "If-Match is * or entity tags as they come in ETag."));
        }

        // RFC 9110, 13.1.1: the strong comparison.
        var isAny = tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any));
        return ValueTask.FromResult<IfMatch?>(
            new IfMatch(isAny ? null : [.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString())], MustExist: true)
        );
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ConditionalEndpoint());
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(
                StatusCodes.Status412PreconditionFailed,
                typeof(Microsoft.AspNetCore.Mvc.ProblemDetails),
                ["application/problem+json"]
            )
        );
    }
}

/// <summary>Marks an endpoint that heeds <c>If-Match</c>.</summary>
internal sealed class ConditionalEndpoint;
