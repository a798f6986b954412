namespace Refit;

/// <summary>An <see cref="ApiException" /> for every response that is not a success.</summary>
/// <param name="refitSettings">Settings.</param>
public class DefaultApiExceptionFactory(RefitSettings refitSettings)
{
    /// <summary>The exception, or null for a success.</summary>
    public async Task<Exception?> CreateAsync(HttpResponseMessage responseMessage) => responseMessage.IsSuccessStatusCode
        ? null
        : await ApiException.Create(
            responseMessage.RequestMessage!, responseMessage.RequestMessage!.Method, responseMessage, refitSettings)
            .ConfigureAwait(false);
}
