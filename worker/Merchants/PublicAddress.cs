using System.Net;
using System.Net.Sockets;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>Which addresses are out in the world.</summary>
internal static class PublicAddress
{
    // The only IPv6 addresses that are given out. What is outside may be an IPv4 address in some other clothes.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Special-purpose address registries of RFC 6890 and its successors: what is not routed, or not to one host.
    private static readonly IReadOnlyList<IPNetwork> Inside =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Whether the address belongs to somebody else's host; an IPv4 address in IPv6's clothes counts as itself.</summary>
    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain))
            && !Inside.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }
}
