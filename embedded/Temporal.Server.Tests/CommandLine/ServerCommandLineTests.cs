using System.Net;
using Microsoft.Extensions.Logging;
using Temporal.Server.CommandLine;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Tests.CommandLine;

public sealed class ServerCommandLineTests
{
    [Theory]
    [InlineData("server start-dev")]
    [InlineData("start-dev")]
    public void Without_options_it_is_the_dev_server_in_memory(string line)
    {
        var options = Parse(line);
        Assert.Equal((7233, IPAddress.Loopback, false), (options.Port, options.Ip, options.TimeSkipping));
        Assert.Null(options.PostgresConnectionString);
        Assert.Equal(["default"], options.Namespaces);
    }

    [Fact]
    public void It_takes_what_the_SDKs_pass_to_the_dev_server()
    {
        var options = Parse(
            "server start-dev --port 4711 --namespace mine --ip 127.0.0.1 --log-format pretty --log-level warn --dynamic-config-value frontend.enableExecuteMultiOperation=true "
                + "--headless --search-attribute Colour=Keyword --search-attribute=Size=Int --ui-port 1 --color never"
        );
        Assert.Equal(4711, options.Port);
        Assert.Equal(["default", "mine"], options.Namespaces);
        Assert.Equal(IndexedValueType.Keyword, options.SearchAttributes["Colour"]);
        Assert.Equal(IndexedValueType.Int, options.SearchAttributes["Size"]);
        Assert.Equal((LogLevel.Warning, LogFormat.Pretty), (options.LogLevel, options.LogFormat));
        Assert.Null(options.WebUi);
    }

    [Theory]
    [InlineData("start-dev", "127.0.0.1:8233")]
    [InlineData("start-dev --port 4711 --ip 0.0.0.0", "0.0.0.0:5711")]
    [InlineData("start-dev --port 0", "127.0.0.1:0")]
    [InlineData("start-dev --ui-port 1234 --ui-ip 127.0.0.2", "127.0.0.2:1234")]
    [InlineData("start-dev --port 65535 --ui-port 1234", "127.0.0.1:1234")]
    public void The_Web_UIs_port_is_a_thousand_above_gRPCs_unless_it_is_said(string line, string expected) =>
        Assert.Equal(expected, Parse(line).WebUi!.ToString());

    [Fact]
    public void The_HTTP_API_is_where_it_is_asked_for_and_else_nowhere()
    {
        Assert.Equal("127.0.0.2:1", Parse("start-dev --ip 127.0.0.2 --http-port 1").HttpApi!.ToString());
        Assert.Null(Parse("start-dev").HttpApi);
    }

    [Fact]
    public void Settings_of_the_real_server_change_nothing_but_need_a_value()
    {
        Assert.Equal(
            new ServerLimits(),
            Parse("start-dev --dynamic-config-value frontend.namespaceCount=7 --dynamic-config-value=history.unheardOf=x").Limits
        );
        Assert.Throws<CommandLineException>(() => Parse("start-dev --dynamic-config-value"));
    }

    [Fact]
    public void A_port_alone_is_the_time_skipping_test_server()
    {
        var options = Parse("4711");
        Assert.Equal((4711, true), (options.Port, options.TimeSkipping));
    }

    [Theory]
    [InlineData("start-dev --db-filename x", "--postgres")]
    [InlineData("start-dev --port 70000", "70000")]
    [InlineData("start-dev --port", "--port needs a value")]
    [InlineData("start-dev --ip nowhere", "nowhere")]
    [InlineData("start-dev --search-attribute Colour", "NAME=TYPE")]
    [InlineData("start-dev --search-attribute Colour=Red", "Colour=Red")]
    [InlineData("start-dev --log-level loud", "loud")]
    [InlineData("start-dev --log-format xml", "xml")]
    [InlineData("start-dev --what", "--what")]
    [InlineData("start-dev --metrics-port 1", "--metrics-port")]
    [InlineData("start-dev --headless=true", "--headless takes no value")]
    [InlineData("start-dev --port 65000", "--ui-port or --headless")]
    [InlineData("start-dev --ui-public-path /x", "--ui-public-path")]
    [InlineData("start-dev --sqlite-pragma x=y", "--postgres")]
    [InlineData("workflow list", "workflow")]
    [InlineData("server", "start-dev")]
    [InlineData("7233 --what", "--what")]
    [InlineData("", "start-dev")]
    public void What_it_does_not_understand_is_named(string line, string named) =>
        Assert.Contains(named, Assert.Throws<CommandLineException>(() => Parse(line)).Message, StringComparison.Ordinal);

    private static TemporalServerOptions Parse(string line) =>
        ServerCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
