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
            "server start-dev --port 4711 --namespace mine --ip 127.0.0.1 --log-format pretty --log-level warn --dynamic-config-value a=b "
            + "--headless --search-attribute Colour=Keyword --search-attribute=Size=Int --ui-port 1");
        Assert.Equal(4711, options.Port);
        Assert.Equal(["default", "mine"], options.Namespaces);
        Assert.Equal(IndexedValueType.Keyword, options.SearchAttributes["Colour"]);
        Assert.Equal(IndexedValueType.Int, options.SearchAttributes["Size"]);
        Assert.Equal(LogLevel.Warning, options.LogLevel);
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
    [InlineData("start-dev --what", "--what")]
    [InlineData("workflow list", "workflow")]
    [InlineData("server", "start-dev")]
    [InlineData("7233 --what", "--what")]
    [InlineData("", "start-dev")]
    public void What_it_does_not_understand_is_named(string line, string named) =>
        Assert.Contains(named, Assert.Throws<CommandLineException>(() => Parse(line)).Message, StringComparison.Ordinal);

    private static TemporalServerOptions Parse(string line) => ServerCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
