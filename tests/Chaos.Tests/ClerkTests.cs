using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Chaos.Shopping;

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
        using var api = new FakeApi();
        var clerk = new Clerk(Person.Operator(api.Client), new Random(1), new Clock());

        var deciding = clerk.DecideAsync(enough.Token);
        await api.AnswerAsync(200, $$"""{"items":[{"taskId":"{{Guid.NewGuid()}}","orderId":"{{Order}}","detail":"lost"}]}""");
        await api.AnswerAsync(status, body);
        await api.AnswerAsync(200, """{"items":[]}""");
        await enough.CancelAsync();
        await deciding;

        Assert.Equal(differences, clerk.Refused.Count);
        Assert.Equal($"order-{Order}", Assert.Single(clerk.Done).WorkflowId);
    }
}
