using Temporalio.Client;

namespace Temporalio.Common.EnvConfig;

public sealed partial record ClientEnvConfig
{
    /// <summary>How clients connect.</summary>
    /// <param name="Address">Server, as <c>host:port</c>.</param>
    /// <param name="Namespace">Namespace.</param>
    /// <param name="ApiKey">API key; with one, TLS is on unless it is said to be off.</param>
    /// <param name="Tls">TLS.</param>
    /// <param name="GrpcMeta">Headers of each call.</param>
    public sealed record Profile(
        string? Address = null,
        string? Namespace = null,
        string? ApiKey = null,
        Tls? Tls = null,
        IReadOnlyDictionary<string, string>? GrpcMeta = null)
    {
        /// <summary>Reads a profile of a file, and what variables say in place of it.</summary>
        /// <exception cref="InvalidOperationException">Something is not valid, or a profile that is asked for by name is not there.</exception>
        public static Profile Load(ProfileLoadOptions? options = null)
        {
            options ??= new();
            if (options.DisableFile && options.DisableEnv)
            {
                throw ConfigFile.Invalid("Cannot disable both file and environment loading");
            }

            var environment = new ConfigEnvironment(options.OverrideEnvVars);
            var profile = options.DisableFile ? new() : FromFile(options, environment);
            return options.DisableEnv ? profile : environment.Apply(profile);
        }

        /// <summary>From what <see cref="ToDictionary" /> makes.</summary>
        public static Profile FromDictionary(IReadOnlyDictionary<string, object> dictionary) => new(
            (string?)dictionary.GetValueOrDefault("address"),
            (string?)dictionary.GetValueOrDefault("namespace"),
            (string?)dictionary.GetValueOrDefault("api_key"),
            dictionary.GetValueOrDefault("tls") is IReadOnlyDictionary<string, object> tls ? Tls.FromDictionary(tls) : null,
            (IReadOnlyDictionary<string, string>?)dictionary.GetValueOrDefault("grpc_meta"));

        /// <summary>Options of a client.</summary>
        /// <exception cref="IOException">A file of a certificate or key cannot be read.</exception>
        public TemporalClientConnectOptions ToClientConnectionOptions()
        {
            var options = new TemporalClientConnectOptions
            {
                TargetHost = Address,
                ApiKey = ApiKey,
                Tls = Tls?.ToTlsOptions() ?? (ApiKey is null ? null : new TlsOptions()),
                RpcMetadata = GrpcMeta is null ? null : [.. GrpcMeta],
            };
            options.Namespace = Namespace ?? options.Namespace;
            return options;
        }

        /// <summary>A dictionary of the shape that the file has.</summary>
        public Dictionary<string, object> ToDictionary()
        {
            var dictionary = new Dictionary<string, object>();
            Add("address", Address);
            Add("namespace", Namespace);
            Add("api_key", ApiKey);
            Add("tls", Tls?.ToDictionary());
            Add("grpc_meta", GrpcMeta);
            return dictionary;

            void Add(string key, object? value)
            {
                if (value is not null)
                {
                    dictionary[key] = value;
                }
            }
        }

        private static Profile FromFile(ProfileLoadOptions options, ConfigEnvironment environment)
        {
            var profiles = ConfigFile.Read(options.ConfigSource, options.ConfigFileStrict, environment);
            var asked = options.Profile ?? (options.DisableEnv ? null : environment.NonEmpty("TEMPORAL_PROFILE"));
            return profiles.TryGetValue(asked ?? "default", out var profile)
                ? profile
                : asked is null ? new() : throw ConfigFile.Invalid($"Profile '{asked}' not found");
        }
    }
}
