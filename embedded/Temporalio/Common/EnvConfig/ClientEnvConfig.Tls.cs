using Temporalio.Client;

namespace Temporalio.Common.EnvConfig;

public sealed partial record ClientEnvConfig
{
    /// <summary>TLS of a profile.</summary>
    /// <param name="Disabled">Whether it is off; null for what else the profile has.</param>
    /// <param name="ServerName">Name that the server's certificate must have, where it is not the host's.</param>
    /// <param name="ServerRootCACert">Root certificate to trust in place of the system's.</param>
    /// <param name="ClientCert">Certificate to present.</param>
    /// <param name="ClientPrivateKey">Its key.</param>
    public sealed record Tls(
        bool? Disabled = null,
        string? ServerName = null,
        DataSource? ServerRootCACert = null,
        DataSource? ClientCert = null,
        DataSource? ClientPrivateKey = null)
    {
        /// <summary>From what <see cref="ToDictionary" /> makes.</summary>
        public static Tls FromDictionary(IReadOnlyDictionary<string, object> dictionary) => new(
            (bool?)dictionary.GetValueOrDefault("disabled"),
            (string?)dictionary.GetValueOrDefault("server_name"),
            Source(dictionary, "server_ca_cert"),
            Source(dictionary, "client_cert"),
            Source(dictionary, "client_key"));

        /// <summary>Options of a connection.</summary>
        /// <exception cref="IOException">A file cannot be read.</exception>
        public TlsOptions? ToTlsOptions() => Disabled == true
            ? new() { Disabled = true }
            : new()
            {
                Domain = ServerName,
                ServerRootCACert = ServerRootCACert?.GetBytes(),
                ClientCert = ClientCert?.GetBytes(),
                ClientPrivateKey = ClientPrivateKey?.GetBytes(),
            };

        /// <summary>A dictionary of what is set.</summary>
        public Dictionary<string, object> ToDictionary()
        {
            var dictionary = new Dictionary<string, object>();
            Add("disabled", Disabled);
            Add("server_name", ServerName);
            Add("server_ca_cert", ServerRootCACert?.ToDictionary());
            Add("client_cert", ClientCert?.ToDictionary());
            Add("client_key", ClientPrivateKey?.ToDictionary());
            return dictionary;

            void Add(string key, object? value)
            {
                if (value is not null)
                {
                    dictionary[key] = value;
                }
            }
        }

        private static DataSource? Source(IReadOnlyDictionary<string, object> dictionary, string key) =>
            DataSource.FromDictionary((IReadOnlyDictionary<string, string>?)dictionary.GetValueOrDefault(key));
    }
}
