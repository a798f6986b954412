using System.Net;
using System.Net.Sockets;
using System.Text;
using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Chaos.Shopping;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>What the clerk is answered.</summary>
public sealed class ClerkTests
{
    private static readonly Guid Order = Guid.Parse("00000000-0000-0000-0000-0000000000a1");

    [Theory]
    [InlineData(200, "{}", 0)]
    [InlineData(409, """{"code":"CLOSED"}""", 0)]
    [InlineData(409, """{"code":"WORKFLOW_DECIDES"}""", 1)]
    [InlineData(400, "", 1)]
    public async Task A_decision_about_an_open_task_that_is_refused_is_a_difference(int status, string body, int differences)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var api = new HttpListener();
        var port = FreePort();
        api.Prefixes.Add($"http://127.0.0.1:{port}/");
        api.Start();
        using var http = new CarefulClient(new Uri($"http://127.0.0.1:{port}"));
        var clerk = new Clerk(Person.Operator(http), new Random(1), new Clock());

        var deciding = clerk.DecideAsync(enough.Token);
        await AnswerAsync(api, 200, $$"""{"items":[{"taskId":"{{Guid.NewGuid()}}","orderId":"{{Order}}","detail":"lost"}]}""");
        await AnswerAsync(api, status, body);
        await AnswerAsync(api, 200, """{"items":[]}""");
        await enough.CancelAsync();
        await deciding;

        Assert.Equal(differences, clerk.Refused.Count);
        Assert.Equal($"order-{Order}", Assert.Single(clerk.Done).WorkflowId);
    }

    private static async Task AnswerAsync(HttpListener api, int status, string body)
    {
        var asked = await api.GetContextAsync();
        asked.Response.StatusCode = status;
        asked.Response.ContentType = "application/json";
        asked.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
