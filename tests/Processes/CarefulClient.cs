namespace TemporalDelivery.Tests.Processes;

/// <summary>
/// A client of an API whose processes die under it: it asks until it is answered. A POST that it repeats bears the same idempotency key
/// each time.
/// </summary>
public sealed class CarefulClient(Uri api) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private readonly HttpClient http = new() { BaseAddress = api, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Sends what <paramref name="request"/> makes, anew each time, until the answer is none of a failing server.</summary>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var tick = new PeriodicTimer(Pause);
        while (true)
        {
            try
            {
                using var message = request();
                var answer = await http.SendAsync(message, cancellationToken);
                // With Retry-After it is no answer yet: the first request under the key is still running.
                if ((int)answer.StatusCode < 500 && answer.Headers.RetryAfter is null)
                {
                    return answer;
                }

                answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // The API is dead or was killed in the middle: exactly what this client must survive.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // No answer within the client's time-out; the same key makes asking again safe.
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Sends it once, whatever comes of it.</summary>
    public Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        http.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
