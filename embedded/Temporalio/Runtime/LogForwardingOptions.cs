using Microsoft.Extensions.Logging;

namespace Temporalio.Runtime;

/// <summary>Sends the library's own logs to a logger.</summary>
public class LogForwardingOptions : ICloneable
{
    /// <summary>To no logger yet.</summary>
    public LogForwardingOptions()
    {
    }

    /// <summary>To a logger.</summary>
    public LogForwardingOptions(ILogger logger) => Logger = logger;

    /// <summary>The logger.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Whether the message includes the fields.</summary>
    public bool IncludeFields { get; set; } = true;

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
