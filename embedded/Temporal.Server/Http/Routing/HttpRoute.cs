namespace Temporal.Server.Http.Routing;

/// <summary>Where a call is found.</summary>
/// <param name="Verb">The HTTP method.</param>
/// <param name="Call">The RPC's name.</param>
/// <param name="Path">The path after <c>/api/v1/</c>; <c>{a.b}</c> fills the request's field b of field a.</param>
/// <param name="Bare">The path without a prefix, where it is not the same.</param>
internal sealed record HttpRoute(string Verb, string Call, string Path, string? Bare = null);
