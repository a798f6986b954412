using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Tests;

public sealed class OperatorTaskTests
{
    [Fact]
    public async Task A_task_is_opened_once_and_closed_for_good()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var tasks = shop.Get<OperatorTaskStore>();
        var task = new OperatorTask($"order-{order.OrderId}/charge", order.OrderId, null, OperatorTaskKind.StepOverdue, "it is away");
        var closing = new OperatorTaskClosing(task.Key, "it came back", Actor.Operator("jane"));

        await tasks.CloseOperatorTaskAsync(closing);
        await tasks.OpenOperatorTaskAsync(task);
        await tasks.OpenOperatorTaskAsync(task);
        await tasks.CloseOperatorTaskAsync(closing);
        await tasks.CloseOperatorTaskAsync(closing with { Actor = Actor.Operator("joe") });
        await tasks.OpenOperatorTaskAsync(task);

        Assert.Equal(("operator:jane", 2), await shop.SingleAsync<(string, int)>("select closed_by, version from orders.operator_tasks"));
    }
}
