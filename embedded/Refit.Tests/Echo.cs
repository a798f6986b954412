using System.Net;
using System.Text;

namespace Refit.Tests;

/// <summary>Answers every request with what the test wants, and keeps what was asked.</summary>
internal sealed class Echo(HttpStatusCode status = HttpStatusCode.OK, string body = "{}", string mediaType = "application/json") : HttpMessageHandler
{
    internal HttpRequestMessage Request { get; private set; } = null!;

    internal string? Body { get; private set; }

    internal T Client<T>(RefitSettings? settings = null, string address = "http://partner.test/api") =>
        RestService.For<T>(new HttpClient(this) { BaseAddress = new(address) }, settings);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Request = request;
        Body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : null;
        return new(status) { Content = new StringContent(body, Encoding.UTF8, mediaType), RequestMessage = request };
    }
}
