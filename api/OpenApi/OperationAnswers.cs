using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>
/// Says of every operation which problems it answers with, by what its endpoint takes and declares, and which headers come with what it
/// answers when all goes well.
/// </summary>
internal sealed class OperationAnswers : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var declared = operation.Responses ?? [];
        var answers = new SortedDictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        foreach (var (status, answer) in declared.Where(each => !IsProblem(each.Value)))
        {
            DescribeHeaders((OpenApiResponse)answer, status, metadata);
            answers[status] = answer;
        }

        if (metadata.OfType<TaggedAnswer>().Any() && context.Description.HttpMethod == HttpMethods.Get)
        {
            var unchanged = new OpenApiResponse { Description = "The client has it: nothing has changed." };
            DescribeHeaders(unchanged, "304", metadata);
            answers["304"] = unchanged;
        }

        var problems = declared
            .Where(each => IsProblem(each.Value))
            .Select(each => int.Parse(each.Key, System.Globalization.CultureInfo.InvariantCulture))
            .Concat(Implied(operation, context));
        foreach (var status in problems.Select(status => $"{status}").Where(status => !answers.ContainsKey(status)).Distinct().ToList())
        {
            answers[status] = new OpenApiResponseReference(ProblemResponses.Name(status), context.Document);
        }

        operation.Responses = [];
        foreach (var (status, answer) in answers)
        {
            operation.Responses[status] = answer;
        }

        return Task.CompletedTask;
    }

    private static bool IsProblem(IOpenApiResponse answer) => answer.Content?.ContainsKey(ProblemResponses.MediaType) == true;

    // What an endpoint need not declare, because it follows from what it is.
    private static IEnumerable<int> Implied(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        yield return StatusCodes.Status503ServiceUnavailable;
        yield return StatusCodes.Status504GatewayTimeout;
        if (metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
        {
            yield return StatusCodes.Status401Unauthorized;
            yield return StatusCodes.Status403Forbidden;
        }

        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true)
        {
            yield return StatusCodes.Status404NotFound;
        }

        if (operation.RequestBody is not null || operation.Parameters?.Any(parameter => parameter.In != ParameterLocation.Path) == true)
        {
            yield return StatusCodes.Status400BadRequest;
        }

        if (operation.RequestBody is not null)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }

        if (context.Description.ParameterDescriptions.Any(parameter => parameter.Type?.IsAssignableTo(typeof(ICheckedBody)) == true))
        {
            yield return StatusCodes.Status422UnprocessableEntity;
        }
    }

    private static void DescribeHeaders(OpenApiResponse answer, string status, IList<object> metadata)
    {
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
        answer.Headers["Cache-Control"] = ProblemResponses.Header("Whether and where the answer may be kept.");
        foreach (
            var (name, description) in ProblemResponses.HeadersOf(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture))
        )
        {
            answer.Headers[name] = ProblemResponses.Header(description);
        }

        if (metadata.OfType<TaggedAnswer>().Any() && status is ("200" or "201" or "304"))
        {
            answer.Headers["ETag"] = ProblemResponses.Header("The version of what was read or made, for If-None-Match and If-Match.");
        }

        if (metadata.OfType<LocatedAnswer>().Any() && status is ("201" or "202"))
        {
            answer.Headers["Location"] = ProblemResponses.Header("Where it can be read from now on; absent when several were made.");
        }
    }
}
