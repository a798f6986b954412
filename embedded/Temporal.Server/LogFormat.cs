namespace Temporal.Server;

/// <summary>Form of the server's logs.</summary>
public enum LogFormat
{
    /// <summary>One line each.</summary>
    Text,

    /// <summary>One JSON object each, one a line.</summary>
    Json,

    /// <summary>One line each, levels in colour where the output is a terminal.</summary>
    Pretty,
}
