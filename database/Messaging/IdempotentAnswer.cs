namespace TemporalDelivery.Database.Messaging;

/// <summary>A request that bears an <c>Idempotency-Key</c>.</summary>
/// <param name="Scope">Whose key and for what, e.g. <c>customer:0192… POST /orders</c>: keys of different scopes are different
/// keys.</param>
/// <param name="Key">The header's value.</param>
/// <param name="BodyHash">A hash of the body: the same key with another body is refused.</param>
public sealed record IdempotentRequest(string Scope, string Key, byte[] BodyHash);

/// <summary>The answer that was given and is given again.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Location">The Location header, if there was one.</param>
/// <param name="ContentType">What the body is.</param>
/// <param name="Body">The body, to the byte.</param>
public sealed record IdempotentAnswer(int StatusCode, string? Location, string ContentType, string Body)
{
    /// <summary>The content type of an answer that is JSON.</summary>
    public const string Json = "application/json; charset=utf-8";
}

/// <summary>An answer whose body is made in the transaction that it tells of: documents with commas between.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Location">The Location header, if there is one.</param>
/// <param name="Open">What comes before the documents.</param>
/// <param name="Close">What comes after them.</param>
public sealed record AnswerFrame(int StatusCode, string? Location, string Open, string Close);
