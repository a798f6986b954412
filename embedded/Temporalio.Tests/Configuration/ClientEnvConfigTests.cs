using System.Text;
using Temporalio.Client;
using Temporalio.Common.EnvConfig;
using Temporalio.Testing;
using Temporalio.Tests.Worker;
using static Temporalio.Common.EnvConfig.ClientEnvConfig;

namespace Temporalio.Tests.Configuration;

public sealed class ClientEnvConfigTests(WorkerHost host)
{
    private const string Toml = """
        [profile.default]
        address = "server:7233"
        namespace = "orders"

        [profile.default.grpc_meta]
        Some_Key = "some value"
        other = "other value"

        [profile.cloud]
        api_key = "key"
        codec = { endpoint = "http://codec" }
        further = 1

        [profile.cloud.tls]
        server_name = "name"
        server_ca_cert_path = "ca.pem"
        client_cert_data = '''
        cert'''
        client_key_data = "key"
        """;

    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void Profiles_are_read_from_a_file()
    {
        var config = ClientEnvConfig.Load(new() { ConfigSource = DataSource.FromUTF8String(Toml), OverrideEnvVars = NoVariables });

        var standard = config.Profiles["default"];
        Assert.Equal(("server:7233", "orders", null, null), (standard.Address, standard.Namespace, standard.ApiKey, standard.Tls));
        Assert.Equal([("some-key", "some value"), ("other", "other value")], standard.GrpcMeta!.Select(each => (each.Key, each.Value)));
        var cloud = config.Profiles["cloud"];
        Assert.Equal(("key", "name", "ca.pem"), (cloud.ApiKey, cloud.Tls!.ServerName, cloud.Tls.ServerRootCACert!.Path));
        Assert.Equal("cert", Encoding.UTF8.GetString(cloud.Tls.ClientCert!.Data!));
        Assert.Null(cloud.GrpcMeta);
    }

    [Fact]
    public void Variables_stand_in_place_of_the_file()
    {
        var profile = Profile.Load(new()
        {
            ConfigSource = DataSource.FromUTF8String(Toml),
            OverrideEnvVars = new Dictionary<string, string>
            {
                ["TEMPORAL_PROFILE"] = "default",
                ["TEMPORAL_ADDRESS"] = "elsewhere:7233",
                ["TEMPORAL_TLS"] = "FALSE",
                ["TEMPORAL_TLS_CLIENT_CERT_DATA"] = "cert",
                ["TEMPORAL_GRPC_META_SOME_KEY"] = "new",
                ["TEMPORAL_GRPC_META_OTHER"] = "",
            },
        });

        Assert.Equal(("elsewhere:7233", "orders", true), (profile.Address, profile.Namespace, profile.Tls!.Disabled));
        Assert.Equal("cert", Encoding.UTF8.GetString(profile.Tls.ClientCert!.GetBytes()!));
        Assert.Equal([("some-key", "new")], profile.GrpcMeta!.Select(each => (each.Key, each.Value)));
        var options = profile.ToClientConnectionOptions();
        Assert.Equal(("elsewhere:7233", "orders", true), (options.TargetHost, options.Namespace, options.Tls!.Disabled));
    }

    [Fact]
    public void The_file_may_be_named_by_a_variable_and_need_not_exist()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Toml);
            var variables = new Dictionary<string, string> { ["TEMPORAL_CONFIG_FILE"] = file };

            Assert.Equal("orders", Profile.Load(new() { OverrideEnvVars = variables }).Namespace);
            Assert.Null(Profile.Load(new() { OverrideEnvVars = variables, DisableFile = true }).Namespace);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Empty(ClientEnvConfig.Load(new() { ConfigSource = DataSource.FromPath(file) }).Profiles);
        Assert.Equal(new Profile(), Profile.Load(new() { ConfigSource = DataSource.FromPath(file), DisableEnv = true }));
    }

    [Fact]
    public void An_api_key_turns_tls_on_unless_it_is_said_to_be_off()
    {
        Assert.NotNull(new Profile(ApiKey: "key").ToClientConnectionOptions().Tls);
        Assert.True(new Profile(ApiKey: "key", Tls: new(Disabled: true)).ToClientConnectionOptions().Tls!.Disabled);
        Assert.Null(new Profile(Address: "server").ToClientConnectionOptions().Tls);
        Assert.Equal("default", new Profile().ToClientConnectionOptions().Namespace);
    }

    [Theory]
    [InlineData("[profile.default]\naddress = ", "TEMPORAL_X", "1")]
    [InlineData("[profile.default]\naddress = \"a\"\naddress = \"b\"", "TEMPORAL_X", "1")]
    [InlineData("[profile.default]\naddress = 1", "TEMPORAL_X", "1")]
    [InlineData("[profile.default.tls]\ndisabled = \"no\"", "TEMPORAL_X", "1")]
    [InlineData("profile = 1", "TEMPORAL_X", "1")]
    [InlineData("[profile.default.tls]\nclient_key_path = \"a\"\nclient_key_data = \"b\"", "TEMPORAL_X", "1")]
    [InlineData("[profile.default.tls]\nclient_key_path = \"a\"", "TEMPORAL_TLS_CLIENT_KEY_DATA", "b")]
    [InlineData("[profile.default.tls]\nclient_key_data = \"a\"", "TEMPORAL_TLS_CLIENT_KEY_PATH", "b")]
    [InlineData("", "TEMPORAL_PROFILE", "missing")]
    public void What_is_not_valid_is_refused(string toml, string variable, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Profile.Load(new()
        {
            ConfigSource = DataSource.FromUTF8String(toml),
            OverrideEnvVars = new Dictionary<string, string> { [variable] = value },
        }));

        Assert.StartsWith("Configuration loading error: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_TOML_is_told_so()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ClientEnvConfig.Load(new() { ConfigSource = DataSource.FromUTF8String("just words") }));
        Assert.Contains("not valid TOML", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_nobody_knows_is_refused_where_reading_is_strict()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ClientEnvConfig.Load(new()
        {
            ConfigSource = DataSource.FromUTF8String(Toml),
            ConfigFileStrict = true,
            OverrideEnvVars = NoVariables,
        }));

        Assert.Contains("profile.cloud.further", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Profile.Load(new() { DisableEnv = true, DisableFile = true }));
    }

    [Fact]
    public void A_configuration_goes_to_dictionaries_and_back()
    {
        var config = ClientEnvConfig.Load(new() { ConfigSource = DataSource.FromUTF8String(Toml), OverrideEnvVars = NoVariables });

        var dictionary = config.ToDictionary();
        var again = ClientEnvConfig.FromDictionary(dictionary);

        Assert.Equal(
            ["address", "grpc_meta", "namespace"], dictionary["default"].Keys.Order());
        Assert.Equal(config.Profiles["default"], again.Profiles["default"]);
        Assert.Equal("ca.pem", again.Profiles["cloud"].Tls!.ServerRootCACert!.Path);
        Assert.Equal("cert", Encoding.UTF8.GetString(again.Profiles["cloud"].Tls!.ClientCert!.Data!));
    }

    [Fact]
    public async Task An_environment_for_tests_connects_as_the_configuration_says()
    {
        await using var environment = await WorkflowEnvironment.CreateFromEnvConfigAsync(new()
        {
            DisableFile = true,
            OverrideEnvVars = new Dictionary<string, string>
            {
                ["TEMPORAL_ADDRESS"] = host.Client.Connection.Options.TargetHost!,
                ["TEMPORAL_NAMESPACE"] = host.Client.Options.Namespace,
            },
        });

        Assert.True(await environment.Client.Connection.CheckHealthAsync());
    }
}
