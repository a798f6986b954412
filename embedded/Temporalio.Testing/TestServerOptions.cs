namespace Temporalio.Testing;

/// <summary>Options of the official library's test server. The embedded one uses none of them.</summary>
public class TestServerOptions : ICloneable
{
    /// <summary>Path of an executable; not used here.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Version to download; not used here.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>Arguments of the executable; not used here.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>How long a download is kept; not used here.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
