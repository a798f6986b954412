namespace Temporalio.Testing;

/// <summary>Options of the development server.</summary>
public class DevServerOptions : ICloneable
{
    /// <summary>Path of an executable that takes the command line of Temporal's dev server; null for the embedded server, in this process.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Path of an executable's database. The embedded server, which keeps no files, refuses it: its durable store is <c>--postgres</c> among <see cref="ExtraArgs" />.</summary>
    public string? DatabaseFilename { get; set; }

    /// <summary>Form of logs: <c>text</c>, <c>json</c> or <c>pretty</c>.</summary>
    public string LogFormat { get; set; } = "pretty";

    /// <summary>Which logs are written: <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>never</c>.</summary>
    public string LogLevel { get; set; } = "warn";

    /// <summary>Version to download; not used here, nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>
    /// More of the server's command line, for the embedded server as for an executable: <c>--dynamic-config-value</c>, <c>--http-port</c>, …
    /// </summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>How long a download is kept; not used here, nothing is downloaded.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
