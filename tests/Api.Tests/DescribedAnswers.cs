namespace TemporalDelivery.Api.Tests;

/// <summary>Fails the test that gets an answer which is not as the API's description says.</summary>
internal sealed class DescribedAnswers() : DelegatingHandler(Connections)
{
    // What is not described, because it is for browsers or told by standards of its own.
    private static readonly string[] Apart = ["/openapi/", "/docs", "/.well-known/", "/oauth/jwks"];

    private static readonly SocketsHttpHandler Connections = new() { AllowAutoRedirect = false, UseCookies = false };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        if (Apart.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return answer;
        }

        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        if (await ApiDescription.Committed.BreachAsync(request.Method, path, answer) is { } breach)
        {
            Assert.Fail(
                $"{request.Method} {path} {(int)answer.StatusCode}: {breach}\n{await answer.Content.ReadAsStringAsync(cancellationToken)}"
            );
        }

        return answer;
    }
}
