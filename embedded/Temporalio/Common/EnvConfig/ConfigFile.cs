using System.Text;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace Temporalio.Common.EnvConfig;

/// <summary>The file of profiles, in TOML. Its keys are those of sdk-core (crates/common/src/envconfig.rs).</summary>
internal static class ConfigFile
{
    internal static InvalidOperationException Invalid(string reason, Exception? inner = null) =>
        new($"Configuration loading error: {reason}", inner);

    internal static Dictionary<string, ClientEnvConfig.Profile> Read(
        DataSource? source, bool strict, ConfigEnvironment environment)
    {
        var text = Text(source ?? DataSource.FromPath(environment.NonEmpty("TEMPORAL_CONFIG_FILE") ?? DefaultPath()));
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            // The serializer alone lets a key be there twice.
            SyntaxParser.ParseStrict(text);
            var root = TomlSerializer.Deserialize<TomlTable>(text) ?? [];
            var file = new ConfigTable(root, string.Empty, strict);
            var profiles = file.Table("profile")?.Tables().ToDictionary(each => each.Key, each => Profile(each.Value)) ?? [];
            file.RefuseUnknown();
            return profiles;
        }
        catch (TomlException e)
        {
            throw Invalid($"not valid TOML: {e.Message}", e);
        }
    }

    /// <summary>Headers are told apart without regard to case, and underscores stand for hyphens.</summary>
    internal static string HeaderName(string key) => key.ToLowerInvariant().Replace('_', '-');

    private static string DefaultPath() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "temporalio",
        "temporal.toml");

    private static string? Text(DataSource source)
    {
        try
        {
            return source.GetBytes() is { } bytes ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw Invalid(e.Message, e);
        }
    }

    private static ClientEnvConfig.Profile Profile(ConfigTable table)
    {
        var headers = table.Table("grpc_meta")?.Texts().ToDictionary(each => HeaderName(each.Key), each => each.Value);
        var tls = table.Table("tls");
        var profile = new ClientEnvConfig.Profile(
            table.Text("address"),
            table.Text("namespace"),
            table.Text("api_key"),
            tls is null ? null : Tls(tls),
            headers is { Count: > 0 } ? headers : null);

        // A remote codec is for the CLI; the library has codecs of code.
        var codec = table.Table("codec");
        codec?.Text("endpoint");
        codec?.Text("auth");
        codec?.RefuseUnknown();
        table.RefuseUnknown();
        return profile;
    }

    private static ClientEnvConfig.Tls Tls(ConfigTable table)
    {
        // For the CLI, too: the library always verifies.
        table.Flag("disable_host_verification");
        var tls = new ClientEnvConfig.Tls(
            table.Flag("disabled"),
            table.Text("server_name"),
            Source(table, "server_ca_cert"),
            Source(table, "client_cert"),
            Source(table, "client_key"));
        table.RefuseUnknown();
        return tls;
    }

    private static DataSource? Source(ConfigTable table, string name) => (table.Text($"{name}_path"), table.Text($"{name}_data")) switch
    {
        (not null, not null) => throw Invalid($"Cannot specify both {name}_path and {name}_data"),
        ({ Length: > 0 } path, _) => DataSource.FromPath(path),
        (_, { Length: > 0 } data) => DataSource.FromUTF8String(data),
        _ => null,
    };
}
