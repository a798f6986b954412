using Google.Protobuf.Reflection;
using Temporalio.Api.Dependencies.Google.Api;
using OperatorService = Temporalio.Api.OperatorService.V1.ServiceReflection;
using WorkflowService = Temporalio.Api.WorkflowService.V1.ServiceReflection;

namespace Temporal.Server.Http.Routing;

/// <summary>
/// Temporal's public HTTP API: which call is found where, as the services' own <c>google.api.http</c> annotations say. A GET or DELETE
/// takes the rest of its request from the query string, a POST from its body as well.
/// </summary>
internal static class RouteTable
{
    /// <summary>
    /// Every route, with the calls that this server does not serve: those are answered as unimplemented, not as not found.
    /// </summary>
    public static IEnumerable<HttpRoute> All =>
        new[] { WorkflowService.Descriptor, OperatorService.Descriptor }
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .SelectMany(RoutesTo);

    private static IEnumerable<HttpRoute> RoutesTo(MethodDescriptor call) =>
        call.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Prepend(rule).Select(binding => RouteTo(call, binding))
            : [];

    private static HttpRoute RouteTo(MethodDescriptor call, HttpRule binding) =>
        binding.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => new HttpRoute("GET", binding.Get, call),
            HttpRule.PatternOneofCase.Post => new HttpRoute("POST", binding.Post, call),
            HttpRule.PatternOneofCase.Delete => new HttpRoute("DELETE", binding.Delete, call),
            var other => throw new NotSupportedException(
                $"{call.FullName} is annotated with {other}; Temporal's HTTP API has only GET, POST and DELETE."
            ),
        };
}
