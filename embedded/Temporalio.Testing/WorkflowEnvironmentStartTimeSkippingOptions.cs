using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>Options of a time-skipping environment. The target host, if given, is where its server listens.</summary>
public class WorkflowEnvironmentStartTimeSkippingOptions : TemporalClientConnectOptions
{
    /// <summary>Where downloads are kept; not used here.</summary>
    public string? DownloadDirectory { get; set; }

    /// <summary>Options of the server.</summary>
    public TestServerOptions TestServer { get; set; } = new();

    /// <inheritdoc />
    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartTimeSkippingOptions)base.Clone();
        copy.TestServer = (TestServerOptions)TestServer.Clone();
        return copy;
    }
}
