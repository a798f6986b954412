using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Workflows;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Tests;

public sealed class WorkflowStoriesTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);

    [Fact]
    public async Task An_accepted_orders_workflow_is_started_and_the_order_is_pending_no_more()
    {
        var order = await PlaceStartedAsync();

        Assert.Equal("PAYMENT_PROCESSING", await ConsistentStatusAsync(order));
    }

    [Fact]
    public async Task A_host_with_all_it_needs_is_ready()
    {
        using var ready = await api.Anybody().GetAsync("/health/ready");

        Assert.Equal(
            """{"status":"ready","checks":{"startup":"up","postgres":"up","temporal":"up"}}""",
            await ready.Content.ReadAsStringAsync()
        );
    }

    [Fact]
    public async Task A_cancellation_is_the_workflows_to_grant()
    {
        var order = await PlaceStartedAsync();

        using var answer = await ada.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = "changed my mind" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(order, (await answer.JsonAsync()).GetProperty("orderId").GetGuid());
        Assert.Equal("CANCELLED", await ConsistentStatusAsync(order));
    }

    [Fact]
    public async Task Who_asks_again_while_a_cancellation_is_open_shares_its_outcome()
    {
        var order = await PlaceStartedAsync();
        await api.ExecuteAsync(
            """
            insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at)
            values (gen_random_uuid()::text, @order, 1, 'operator:olga', @reason, now() + interval '1 hour')
            """,
            new { order, reason = StubOrderWorkflow.TooLate }
        );

        using var answer = await ada.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = "changed my mind" });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(1, await api.CountAsync($"select count(*) from orders.cancellations where order_id = '{order}'"));
    }

    [Fact(Timeout = 60_000)] // Its waits have no end of their own when the relay is stuck.
    public async Task A_cancellation_that_is_not_answered_holds_up_no_other()
    {
        var (hanging, other) = (await PlaceStartedAsync(), await PlaceStartedAsync());
        await RequestAsync(hanging, StubOrderWorkflow.NeverDone);
        await UntilAsync($"order_id = '{hanging}' and next_try_at > now()");

        await RequestAsync(other, "changed my mind");
        await UntilAsync($"order_id = '{other}' and settled_at is not null");

        Assert.Equal(1, await api.CountAsync($"select count(*) from orders.cancellations where order_id = '{hanging}' and tries = 0"));

        Task RequestAsync(Guid order, string reason) =>
            api.ExecuteAsync(
                """
                insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at)
                values (gen_random_uuid()::text, @order, 1, 'operator:olga', @reason, now())
                """,
                new { order, reason }
            );

        async Task UntilAsync(string condition)
        {
            while (await api.CountAsync($"select count(*) from orders.cancellations where {condition}") == 0)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task A_cancellation_that_the_workflow_refuses_is_a_409_with_its_reason()
    {
        var order = await PlaceStartedAsync();

        using var answer = await ada.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.JsonAsync();
        Assert.Equal("the partner has picked up the delivery", problem.GetProperty("detail").GetString());
        Assert.Equal("CANCEL_REFUSED", problem.GetProperty("code").GetString());
        Assert.Equal(
            1,
            await api.CountAsync($"select count(*) from orders.cancellations where order_id = '{order}' and refusal like '%picked up%'")
        );
    }

    [Fact(Timeout = 60_000)] // Its waits have no end of their own when the relay is stuck.
    public async Task A_cancellation_whose_run_is_terminated_is_not_answered_by_that()
    {
        var order = await PlaceStartedAsync();
        using var answer = await ada.PostAsJsonAsync(
            $"/orders/{order}/cancel",
            new { reason = StubOrderWorkflow.NeverDone },
            TestContext.Current.CancellationToken
        );

        await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(order)).TerminateAsync("wrong button");
        while (
            await api.CountAsync(
                $"select count(*) from orders.cancellations where order_id = '{order}' and last_error like '%does not run'"
            ) == 0
        )
        {
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(
            1,
            await api.CountAsync($"select count(*) from orders.cancellations where order_id = '{order}' and settled_at is null")
        );
        await api.ExecuteAsync("update orders.orders set status = 'CANCELLED' where order_id = @order", new { order });
    }

    [Fact]
    public async Task Somebody_elses_order_cannot_be_cancelled()
    {
        var order = await PlaceStartedAsync();

        using var answer = await api.AsCustomer(ApiApplication.Grace).PostAsJsonAsync($"/orders/{order}/cancel", new { reason = "mine" });
        using var silent = await ada.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = " " });

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(["#/reason"], await silent.PointersAsync());
        Assert.Equal("PAYMENT_PROCESSING", await ConsistentStatusAsync(order));
    }

    [Fact]
    public async Task A_failed_order_can_be_retried_and_keeps_its_workflow_id()
    {
        var order = await PlaceStartedAsync(StubOrderWorkflow.FailsFirst);
        using var tooEarly = await ada.PostAsJsonAsync($"/orders/{order}/retry", new { reason = "again" });
        await api.ExecuteAsync("update orders.orders set status = 'FAILED' where order_id = @order", new { order });

        using var retried = await ada.PostAsJsonAsync($"/orders/{order}/retry", new { reason = "again" });
        await api.StartedAsync(order);

        Assert.Equal(HttpStatusCode.Conflict, tooEarly.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        Assert.Equal(2, (await retried.JsonAsync()).GetProperty("attempt").GetInt32());
        Assert.Equal(2, await RunsAsync(order));
    }

    [Fact(Timeout = 60_000)] // Its waits have no end of their own when the relay is stuck.
    public async Task A_failed_order_whose_run_Temporal_no_longer_keeps_can_be_retried()
    {
        var order = await PlaceStartedAsync(StubOrderWorkflow.FailsFirst);
        await api.ExecuteAsync("update orders.orders set status = 'FAILED' where order_id = @order", new { order });
        await ForgetRunsAsync(order);

        var cancellation = TestContext.Current.CancellationToken;
        using var retried = await ada.PostAsJsonAsync($"/orders/{order}/retry", new { reason = "again" }, cancellation);
        await api.StartedAsync(order);

        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        var run = await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(order)).DescribeAsync();
        Assert.Equal(2, await run.Memo["attempt"].ToValueAsync<int>());
    }

    [Theory(Timeout = 60_000)] // Its waits have no end of their own when the relay is stuck.
    [InlineData("RESUME", "PAYMENT_PROCESSING")]
    [InlineData("UNDO", "CANCELLED")]
    public async Task An_order_whose_run_was_terminated_goes_on_or_is_undone_by_an_operators_word(string resolution, string status)
    {
        var order = await PlaceStartedAsync();
        await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(order)).TerminateAsync("wrong button");
        var task = Guid.CreateVersion7();
        await api.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (@task, 'order-' || @order || '/1/story', 'STORY_LOST', @order, 'its run was terminated')
            """,
            new { task, order }
        );

        using var resolved = await api.AsOperator()
            .PostAsJsonAsync(
                $"/operator-tasks/{task}/resolve",
                new { resolution, reason = "wrong button" },
                TestContext.Current.CancellationToken
            );
        await api.StartedAsync(order);
        while (await api.CountAsync($"select count(*) from orders.cancellations where order_id = '{order}' and settled_at is null") > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.OK, resolved.StatusCode);
        Assert.Equal(2, await RunsAsync(order));
        Assert.Equal(status, await ConsistentStatusAsync(order));
    }

    [Fact]
    public async Task The_customer_confirms_and_the_workflow_hears_who_did()
    {
        var delivery = await api.DeliveredAsync();

        using var anothers = await api.AsCustomer(ApiApplication.Grace).PostAsync($"/deliveries/{delivery}/confirm", null);
        using var byOperator = await api.AsOperator().PostAsync($"/deliveries/{delivery}/confirm", null);
        using var confirmed = await ada.PostAsync($"/deliveries/{delivery}/confirm", null);
        using var again = await ada.PostAsJsonAsync($"/deliveries/{delivery}/confirm", new { note = "thanks" });

        Assert.Equal(HttpStatusCode.NotFound, anothers.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, byOperator.StatusCode);
        Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        var view = await confirmed.JsonAsync();
        Assert.Equal("DELIVERY_CONFIRMED", view.GetProperty("state").GetString());
        Assert.Equal($"customer:{ApiApplication.Ada}", view.GetProperty("lastActor").GetString());
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task A_resolution_that_the_workflow_refuses_is_a_409_with_its_reason()
    {
        var delivery = await api.DeliveredAsync();

        using var answer = await api.AsOperator()
            .PostAsJsonAsync($"/deliveries/{delivery}/resolution", new { resolution = "REDELIVER", reason = "once more" });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("the delivery is DELIVERED, not PENDING_BY_OPERATOR", (await answer.JsonAsync()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_operator_says_what_became_of_the_goods_and_the_workflow_hears_it()
    {
        var delivery = await api.DeliveredAsync();

        using var answer = await api.AsOperator()
            .PostAsJsonAsync(
                $"/deliveries/{delivery}/resolution",
                new
                {
                    resolution = "CANCEL",
                    reason = "gone",
                    goods = "LOST",
                }
            );
        using var nonsense = await api.AsOperator()
            .PostAsJsonAsync(
                $"/deliveries/{delivery}/resolution",
                new
                {
                    resolution = "CANCEL",
                    reason = "gone",
                    goods = "EATEN",
                }
            );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Cancel Lost", (await answer.JsonAsync()).GetProperty("lastReason").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nonsense.StatusCode);
        Assert.Equal(["#/goods"], await nonsense.PointersAsync());
    }

    [Fact]
    public async Task A_resolution_that_is_none_and_a_delivery_that_is_none_are_refused()
    {
        var delivery = await api.DeliveredAsync();

        using var nonsense = await api.AsOperator().PostAsJsonAsync($"/deliveries/{delivery}/resolution", new { resolution = "EAT_IT" });
        using var noReason = await ada.PostAsJsonAsync($"/deliveries/{delivery}/dispute", new { reason = "BORING" });
        using var unknown = await ada.PostAsync($"/deliveries/{Guid.CreateVersion7()}/confirm", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, nonsense.StatusCode);
        Assert.Equal(["#/resolution", "#/reason"], await nonsense.PointersAsync());
        Assert.Equal(["#/reason"], await noReason.PointersAsync());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<Guid> PlaceStartedAsync(int lines = 1)
    {
        var order = await ada.PlaceAsync(
            new
            {
                customerId = ApiApplication.Ada,
                lines = Enumerable.Repeat(new { sku = "LAMP-DESK", quantity = 1 }, lines),
                paymentToken = "tok_ok",
            }
        );
        await api.StartedAsync(order);
        return order;
    }

    // A server may list a run a moment after it began.
    // As retention does with a run that closed long ago.
    private async Task ForgetRunsAsync(Guid order)
    {
        var handle = api.Temporal.GetWorkflowHandle(WorkflowIds.Order(order));
        await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
        await api.Temporal.WorkflowService.DeleteWorkflowExecutionAsync(
            new()
            {
                Namespace = api.Temporal.Options.Namespace,
                WorkflowExecution = new() { WorkflowId = handle.Id },
            }
        );
        while (true)
        {
            try
            {
                await handle.DescribeAsync();
            }
            catch (RpcException failure) when (failure.Code == RpcException.StatusCode.NotFound)
            {
                return;
            }
        }
    }

    private async Task<int> RunsAsync(Guid order)
    {
        var runs = 0;
        while (runs < 2)
        {
            runs = 0;
            await foreach (var _ in api.Temporal.ListWorkflowsAsync($"WorkflowId = '{WorkflowIds.Order(order)}'"))
            {
                runs++;
            }
        }

        return runs;
    }

    private async Task<string?> ConsistentStatusAsync(Guid order) =>
        (await ada.GetFromJsonAsync<JsonElement>($"/orders/{order}?consistent=true")).GetProperty("status").GetString();
}
