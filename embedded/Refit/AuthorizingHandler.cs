using System.Net.Http.Headers;

namespace Refit;

/// <summary>Completes an Authorization header that has its scheme alone.</summary>
internal sealed class AuthorizingHandler(
    Func<HttpRequestMessage, CancellationToken, Task<string>> getValue, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is { } authorization)
        {
            var value = await getValue(request, cancellationToken).ConfigureAwait(false);
            request.Headers.Authorization = new AuthenticationHeaderValue(authorization.Scheme, value);
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
