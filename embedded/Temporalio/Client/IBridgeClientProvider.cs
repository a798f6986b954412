using System.Runtime.InteropServices;

namespace Temporalio.Client;

/// <summary>What workers use of a client. The official library has a native client behind it, this one has none.</summary>
public interface IBridgeClientProvider
{
    /// <summary>Always null here.</summary>
    SafeHandle? BridgeClient { get; }
}
