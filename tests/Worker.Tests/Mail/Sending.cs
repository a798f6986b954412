using Microsoft.Extensions.Hosting;

namespace TemporalDelivery.Worker.Tests.Mail;

/// <summary>A host that sends mails until it is disposed.</summary>
internal sealed class Sending(IHost host) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
