namespace Temporalio.Common.EnvConfig;

public sealed partial record ClientEnvConfig
{
    /// <summary>Options of reading one profile.</summary>
    public class ProfileLoadOptions : ICloneable
    {
        /// <summary>Name of the profile; null for the variable <c>TEMPORAL_PROFILE</c>'s, or else <c>default</c>.</summary>
        public string? Profile { get; set; }

        /// <summary>The file; null for the variable's or the user's.</summary>
        public DataSource? ConfigSource { get; set; }

        /// <summary>Whether to read variables alone.</summary>
        public bool DisableFile { get; set; }

        /// <summary>Whether to read the file alone.</summary>
        public bool DisableEnv { get; set; }

        /// <summary>Whether a key in the file that nobody knows is an error.</summary>
        public bool ConfigFileStrict { get; set; }

        /// <summary>Variables to read; null for the process's.</summary>
        public IReadOnlyDictionary<string, string>? OverrideEnvVars { get; set; }

        /// <inheritdoc />
        public virtual object Clone() => MemberwiseClone();
    }

    /// <summary>Options of reading every profile.</summary>
    public class ConfigLoadOptions : ICloneable
    {
        /// <summary>The file; null for the variable's or the user's.</summary>
        public DataSource? ConfigSource { get; set; }

        /// <summary>Whether a key in the file that nobody knows is an error.</summary>
        public bool ConfigFileStrict { get; set; }

        /// <summary>Variables to read; null for the process's.</summary>
        public IReadOnlyDictionary<string, string>? OverrideEnvVars { get; set; }

        /// <inheritdoc />
        public virtual object Clone() => MemberwiseClone();
    }
}
