using System.Collections;

namespace Temporalio.Common.EnvConfig;

/// <summary>Environment variables, which stand in place of what the file says. Their names are those of sdk-core.</summary>
/// <param name="given">The variables; null for the process's.</param>
internal sealed class ConfigEnvironment(IReadOnlyDictionary<string, string>? given)
{
    private const string HeaderPrefix = "TEMPORAL_GRPC_META_";

    private static readonly string[] TlsVariables =
    [
        "TEMPORAL_TLS", "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_DATA", "TEMPORAL_TLS_CLIENT_KEY_PATH",
        "TEMPORAL_TLS_CLIENT_KEY_DATA", "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
        "TEMPORAL_TLS_SERVER_NAME", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
    ];

    internal string? NonEmpty(string name) => Get(name) is { Length: > 0 } value ? value : null;

    /// <exception cref="InvalidOperationException">Variables contradict each other or the file.</exception>
    internal ClientEnvConfig.Profile Apply(ClientEnvConfig.Profile profile) => profile with
    {
        Address = Get("TEMPORAL_ADDRESS") ?? profile.Address,
        Namespace = Get("TEMPORAL_NAMESPACE") ?? profile.Namespace,
        ApiKey = Get("TEMPORAL_API_KEY") ?? profile.ApiKey,
        Tls = profile.Tls is not null || TlsVariables.Any(each => Get(each) is not null) ? Apply(profile.Tls ?? new()) : null,
        GrpcMeta = Apply(profile.GrpcMeta),
    };

    private ClientEnvConfig.Tls Apply(ClientEnvConfig.Tls tls) => tls with
    {
        Disabled = Flag("TEMPORAL_TLS") is { } enabled ? !enabled : tls.Disabled,
        ServerName = Get("TEMPORAL_TLS_SERVER_NAME") ?? tls.ServerName,
        ServerRootCACert = Apply("server CA cert", "TEMPORAL_TLS_SERVER_CA_CERT", tls.ServerRootCACert),
        ClientCert = Apply("cert", "TEMPORAL_TLS_CLIENT_CERT", tls.ClientCert),
        ClientPrivateKey = Apply("key", "TEMPORAL_TLS_CLIENT_KEY", tls.ClientPrivateKey),
    };

    private DataSource? Apply(string what, string name, DataSource? fromFile)
    {
        var (path, data) = (Get($"{name}_PATH"), Get($"{name}_DATA"));
        if (path is not null && data is not null)
        {
            throw ConfigFile.Invalid($"Cannot specify both {name}_PATH and {name}_DATA");
        }

        if (path is not null && fromFile?.Data is not null)
        {
            throw ConfigFile.Invalid($"Cannot specify {what} path via {name}_PATH when {what} data is already specified");
        }

        if (data is not null && fromFile?.Path is not null)
        {
            throw ConfigFile.Invalid($"Cannot specify {what} data via {name}_DATA when {what} path is already specified");
        }

        // Empty is as good as nothing, as in the official package.
        return path is { Length: > 0 } ? DataSource.FromPath(path)
            : data is { Length: > 0 } ? DataSource.FromUTF8String(data)
            : path is null && data is null ? fromFile : null;
    }

    private Dictionary<string, string>? Apply(IReadOnlyDictionary<string, string>? fromFile)
    {
        var headers = new Dictionary<string, string>(fromFile ?? new Dictionary<string, string>());
        foreach (var (name, value) in All().Where(each => each.Key.StartsWith(HeaderPrefix, StringComparison.Ordinal)))
        {
            var header = ConfigFile.HeaderName(name[HeaderPrefix.Length..]);
            if (value.Length == 0)
            {
                headers.Remove(header);
            }
            else
            {
                headers[header] = value;
            }
        }

        return headers.Count == 0 ? null : headers;
    }

    private IEnumerable<KeyValuePair<string, string>> All() => given ?? Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().Select(each => KeyValuePair.Create((string)each.Key, (string)(each.Value ?? string.Empty)));

    private string? Get(string name) =>
        given is null ? Environment.GetEnvironmentVariable(name) : given.GetValueOrDefault(name);

    private bool? Flag(string name) => Get(name)?.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };
}
