namespace Temporalio.Testing;

/// <summary>Options of the official library's development server. Of these, the embedded one uses <see cref="LogLevel" />.</summary>
public class DevServerOptions : ICloneable
{
    /// <summary>Path of an executable; not used here.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Path of a database; not used here, everything stays in memory.</summary>
    public string? DatabaseFilename { get; set; }

    /// <summary>Form of logs; not used here.</summary>
    public string LogFormat { get; set; } = "pretty";

    /// <summary>Which logs are written: <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>never</c>.</summary>
    public string LogLevel { get; set; } = "warn";

    /// <summary>Version to download; not used here.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>Arguments of the executable; not used here.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>How long a download is kept; not used here.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
