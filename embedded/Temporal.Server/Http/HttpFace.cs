namespace Temporal.Server.Http;

/// <summary>What an HTTP/1.1 listener shows.</summary>
internal enum HttpFace
{
    /// <summary>What the Web UI's pages call: payloads in their long form, settings, rendered Markdown; the HTTP API as well.</summary>
    WebUi,

    /// <summary>Temporal's HTTP API for people and programs: payloads in their short form unless asked otherwise.</summary>
    Api,
}

/// <summary>Marks a connection with the face of the listener that took it.</summary>
/// <param name="Face">The face.</param>
internal sealed record HttpFaceFeature(HttpFace Face);
