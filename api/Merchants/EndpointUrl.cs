using System.Net;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Merchants;

/// <summary>
/// Which addresses may be given as an endpoint. Where a name leads is looked at when it is called: what it leads to today says nothing of
/// tomorrow. Configuration section <c>Webhooks:Outgoing</c>.
/// </summary>
internal sealed record EndpointUrl
{
    /// <summary>The most characters of an address.</summary>
    public const int MaxLength = 500;

    /// <summary>Whether http and literal addresses will do.</summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>What is wrong with the address; null when nothing is.</summary>
    public Fault? Fault(string? url) =>
        url is not { Length: > 0 and <= MaxLength }
        || url.Any(letter => letter is <= ' ' or > '~')
        || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new("#/url", "URL_INVALID", $"url is an absolute address of at most {MaxLength} visible ASCII characters.")
        : !IsSchemeAllowed(address) ? new("#/url", "URL_NOT_HTTPS", "url begins with https://.")
        : address.UserInfo.Length > 0 || address.Fragment.Length > 0
            ? new("#/url", "URL_INVALID", "url has neither user nor password nor fragment.")
        : !AllowPrivateNetworks && (IPAddress.TryParse(address.IdnHost, out _) || address.IsLoopback || !address.IdnHost.Contains('.'))
            ? new("#/url", "URL_NOT_PUBLIC", "url names a host out in the world: no address, and no name of one inside.")
        : null;

    private bool IsSchemeAllowed(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (AllowPrivateNetworks && address.Scheme == Uri.UriSchemeHttp);
}
