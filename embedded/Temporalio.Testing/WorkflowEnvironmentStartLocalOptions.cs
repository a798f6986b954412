using Temporalio.Client;
using Temporalio.Common;

namespace Temporalio.Testing;

/// <summary>Options of a local environment. The target host, if given, is where its server listens.</summary>
public class WorkflowEnvironmentStartLocalOptions : TemporalClientConnectOptions
{
    /// <summary>Where downloads are kept; not used here.</summary>
    public string? DownloadDirectory { get; set; }

    /// <summary>Whether an executable serves the Web UI too; the embedded server has none and refuses it.</summary>
    public bool UI { get; set; }

    /// <summary>Port of the Web UI; 0 for the one that the server chooses.</summary>
    public int UIPort { get; set; }

    /// <summary>Search attributes to register.</summary>
    public IReadOnlyCollection<SearchAttributeKey>? SearchAttributes { get; set; }

    /// <summary>Options of the server.</summary>
    public DevServerOptions DevServerOptions { get; set; } = new();

    /// <inheritdoc />
    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartLocalOptions)base.Clone();
        copy.DevServerOptions = (DevServerOptions)DevServerOptions.Clone();
        return copy;
    }
}
