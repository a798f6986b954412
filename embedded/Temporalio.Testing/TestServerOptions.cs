namespace Temporalio.Testing;

/// <summary>Options of the time-skipping test server.</summary>
public class TestServerOptions : ICloneable
{
    /// <summary>Path of an executable that takes the command line of Temporal's test server; null for the embedded server, in this process.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Version to download; not used here, nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>More of the server's command line. The embedded test server knows no more and refuses it.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>How long a download is kept; not used here, nothing is downloaded.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
