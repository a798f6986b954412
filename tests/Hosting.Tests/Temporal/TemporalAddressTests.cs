using Microsoft.Extensions.Configuration;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Temporal;

namespace TemporalDelivery.Hosting.Tests.Temporal;

public sealed class TemporalAddressTests
{
    [Theory]
    [InlineData(null, "localhost:7233", true)]
    [InlineData("LOCALHOST:1", "LOCALHOST:1", true)]
    [InlineData("127.0.0.1:7233", "127.0.0.1:7233", true)]
    [InlineData("127.8.9.10:7233", "127.8.9.10:7233", true)]
    [InlineData("[::1]:7233", "[::1]:7233", true)]
    [InlineData("[::ffff:127.0.0.1]:7233", "[::ffff:127.0.0.1]:7233", true)]
    [InlineData("temporal:7233", "temporal:7233", false)]
    [InlineData("10.0.0.1:7233", "10.0.0.1:7233", false)]
    [InlineData("[2001:db8::1]:7233", "[2001:db8::1]:7233", false)]
    [InlineData("localhost.example.com:7233", "localhost.example.com:7233", false)]
    public void Whether_it_is_this_machine_is_seen_by_the_address(string? text, string expected, bool isLoopback)
    {
        var address = Read(text);

        Assert.Equal((expected, isLoopback), (address.Text, address.IsLoopback));
    }

    [Theory]
    [InlineData("temporal")]
    [InlineData(":7233")]
    [InlineData("temporal:port")]
    [InlineData("temporal:0")]
    [InlineData("temporal:70000")]
    [InlineData("::1:7233")]
    [InlineData("http://temporal:7233")]
    [InlineData("two words:7233")]
    public void What_is_no_host_and_port_is_a_fault(string text)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Read(text));

        Assert.Equal($"Temporal:Address is '{text}'; expected host:port, e.g. localhost:7233", fault.Message);
    }

    private static TemporalAddress Read(string? text) =>
        TemporalAddress.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Temporal:Address", text)]).Build());
}
