using Temporalio.Client;

namespace Temporalio.Common.EnvConfig;

/// <summary>How clients connect, as files and environment variables say; the same ones that other SDKs and the CLI read.</summary>
/// <param name="Profiles">The profiles by name.</param>
public sealed partial record ClientEnvConfig(IReadOnlyDictionary<string, ClientEnvConfig.Profile> Profiles)
{
    /// <summary>
    /// Reads every profile of a file, without variables. A file that does not exist has none. Where no source is given, the file is the
    /// variable <c>TEMPORAL_CONFIG_FILE</c>'s or else <c>temporalio/temporal.toml</c> in the user's folder of configuration.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file is not valid.</exception>
    public static ClientEnvConfig Load(ConfigLoadOptions? options = null)
    {
        options ??= new();
        return new(ConfigFile.Read(options.ConfigSource, options.ConfigFileStrict, new(options.OverrideEnvVars)));
    }

    /// <summary>Reads a profile, as <see cref="Profile.Load" /> does, and makes options of it.</summary>
    /// <exception cref="InvalidOperationException">Something is not valid.</exception>
    public static TemporalClientConnectOptions LoadClientConnectOptions(ProfileLoadOptions? options = null) =>
        Profile.Load(options).ToClientConnectionOptions();

    /// <summary>From what <see cref="ToDictionary" /> makes.</summary>
    public static ClientEnvConfig FromDictionary(IReadOnlyDictionary<string, Dictionary<string, object>> profileDictionaries) =>
        new(profileDictionaries.ToDictionary(each => each.Key, each => Profile.FromDictionary(each.Value)));

    /// <summary>Dictionaries of the shape that the file has.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, object>> ToDictionary() =>
        Profiles.ToDictionary(each => each.Key, each => each.Value.ToDictionary());
}
