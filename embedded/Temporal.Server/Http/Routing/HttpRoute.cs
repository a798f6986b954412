using Google.Protobuf.Reflection;

namespace Temporal.Server.Http.Routing;

/// <summary>Where a call is found.</summary>
/// <param name="Verb">The HTTP method.</param>
/// <param name="Template">The path; <c>{a.b}</c> fills the request's field b of field a.</param>
/// <param name="Call">The RPC.</param>
internal sealed record HttpRoute(string Verb, string Template, MethodDescriptor Call);
