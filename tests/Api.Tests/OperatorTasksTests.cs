using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Temporalio.Client;

namespace TemporalDelivery.Api.Tests;

public sealed class OperatorTasksTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);
    private readonly HttpClient olga = api.AsOperator();
    private readonly HttpClient joe = api.As("operator:joe");
    private int tasks;

    [Fact]
    public async Task The_queue_lists_open_tasks_the_longest_open_first_and_goes_on_where_its_page_ended()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var opened = new List<Guid>();
        for (var count = 0; count < 5; count++)
        {
            opened.Add(await OpenAsync(order, "UNDO_FAILED"));
        }

        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{opened[2]}/resolve", new { resolution = "DONE", reason = "done" }));
        opened.RemoveAt(2);

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await olga.GetFromJsonAsync<JsonElement>(
                $"/operator-tasks?orderId={order}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}"
            );
            seen.AddRange(Ids(page));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);

        Assert.Equal(opened, seen);
    }

    [Fact]
    public async Task The_queue_can_be_narrowed()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var late = await OpenAsync(order, "PAYMENT_SETTLED_LATE");
        var undo = await OpenAsync(order, "UNDO_FAILED");
        var closed = await OpenAsync(order, "UNDO_FAILED");
        await api.ExecuteAsync(
            "update orders.operator_tasks set opened_at = now() - interval '3 hours' where task_id = @late",
            new { late }
        );
        await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{undo}/claim", new { }));
        await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{closed}/resolve", new { resolution = "DONE", reason = "done" }));

        Assert.Equal([late], await ListAsync("kind=PAYMENT_SETTLED_LATE"));
        Assert.Equal([undo], await ListAsync("claimedBy=operator:joe"));
        Assert.Equal([late], await ListAsync("olderThan=PT2H"));
        Assert.Equal([closed], await ListAsync("open=false"));
        Assert.Equal([late, undo], await ListAsync("olderThan=PT0S"));

        async Task<IReadOnlyList<Guid>> ListAsync(string filter) =>
            Ids(await olga.GetFromJsonAsync<JsonElement>($"/operator-tasks?orderId={order}&{filter}"));
    }

    [Theory]
    [InlineData("kind=HUNGER", "kind")]
    [InlineData("claimedBy=joe", "claimedBy")]
    [InlineData("claimedBy=customer:01920000-0000-7000-8000-000000000001", "claimedBy")]
    [InlineData("olderThan=yesterday", "olderThan")]
    [InlineData("olderThan=-PT1H", "olderThan")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("limit=0", "limit")]
    public async Task A_question_that_makes_no_sense_is_a_400(string query, string pointer)
    {
        using var answer = await olga.GetAsync($"/operator-tasks?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([pointer], await answer.PointersAsync());
    }

    [Fact]
    public async Task Who_claims_a_task_has_it_alone_and_another_is_told_who_and_until_when()
    {
        var task = await OpenAsync("UNDO_FAILED");

        var claimed = await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { minutes = 5 }));
        using var anothers = await joe.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { });
        using var resolved = await joe.PostAsJsonAsync($"/operator-tasks/{task}/resolve", new { resolution = "DONE", reason = "done" });
        using var released = await joe.PostAsJsonAsync($"/operator-tasks/{task}/release", new { });
        var prolonged = await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { minutes = 60 }));

        Assert.Equal("operator:olga", claimed.GetProperty("claimedBy").GetString());
        Assert.All([anothers, resolved, released], answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
        var problem = await anothers.JsonAsync();
        Assert.Equal("CLAIMED", problem.GetProperty("code").GetString());
        var till = claimed.GetProperty("claimedTill").GetDateTime();
        Assert.Equal($"operator:olga works on the task, until {till:yyyy-MM-ddTHH:mm:ssZ}.", problem.GetProperty("detail").GetString());
        Assert.True(prolonged.GetProperty("claimedTill").GetDateTime() > till);
    }

    [Fact]
    public async Task A_released_task_is_anybodys_again()
    {
        var task = await OpenAsync("UNDO_FAILED");
        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { }));

        var released = await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/release", new { reason = "lunch" }));
        using var again = await olga.PostAsJsonAsync($"/operator-tasks/{task}/release", new { });
        await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { }));

        Assert.Equal(JsonValueKind.Null, released.GetProperty("claimedBy").ValueKind);
        Assert.Equal("NOT_CLAIMED", (await again.JsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_task_tells_everything_that_happened_to_it()
    {
        var task = await OpenAsync("UNDO_FAILED");
        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/claim", new { reason = "mine" }));
        await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{task}/note", new { text = "the bank is closed today" }));
        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/resolve", new { resolution = "WRITTEN_OFF", reason = "too small" }));
        var told = await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{task}/note", new { text = "I disagree" }));

        Assert.Equal(
            [
                "OPENED system something is wrong",
                "CLAIMED operator:olga mine",
                "NOTED operator:joe the bank is closed today",
                "CLOSED operator:olga WRITTEN_OFF: too small",
                "NOTED operator:joe I disagree",
            ],
            told.GetProperty("history")
                .EnumerateArray()
                .Select(entry => $"{entry.GetProperty("event")} {entry.GetProperty("actor")} {entry.GetProperty("text")}")
        );
        Assert.Equal("WRITTEN_OFF", told.GetProperty("resolution").GetString());
        Assert.Equal("too small", told.GetProperty("reason").GetString());
        Assert.Equal("operator:olga", told.GetProperty("closedBy").GetString());
    }

    [Fact]
    public async Task A_task_is_resolved_with_what_its_kind_allows_and_a_reason_and_once()
    {
        var task = await OpenAsync("PAYMENT_SETTLED_LATE");

        using var unknown = await olga.PostAsJsonAsync($"/operator-tasks/{task}/resolve", new { resolution = "HAPPY" });
        using var ofAnother = await olga.PostAsJsonAsync(
            $"/operator-tasks/{task}/resolve",
            new { resolution = "CUSTOMER_PAYS", reason = "x" }
        );
        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/resolve", new { resolution = "REFUNDED", reason = "by hand" }));
        using var again = await joe.PostAsJsonAsync($"/operator-tasks/{task}/resolve", new { resolution = "REFUNDED", reason = "by hand" });

        Assert.Equal(["#/resolution", "#/reason"], await unknown.PointersAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, ofAnother.StatusCode);
        Assert.Equal(
            "A task PAYMENT_SETTLED_LATE may be resolved with REFUNDED, WRITTEN_OFF, NOTHING_TO_DO.",
            (await ofAnother.JsonAsync()).GetProperty("detail").GetString()
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.StartsWith(
            "The task was closed by operator:olga",
            (await again.JsonAsync()).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_running_workflow_waits_for_is_decided_there()
    {
        var delivery = await api.DeliveredAsync();
        var task = await OpenAsync("DELIVERY_PENDING", delivery);
        var resolution = new { resolution = "DONE", reason = "settled by telephone" };

        using var refused = await olga.PostAsJsonAsync($"/operator-tasks/{task}/resolve", resolution);
        var told = await olga.GetFromJsonAsync<JsonElement>($"/operator-tasks/{task}");
        await api.Temporal.GetWorkflowHandle($"delivery-{delivery}").TerminateAsync();
        var resolved = await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{task}/resolve", resolution));

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = await refused.JsonAsync();
        Assert.Equal("WORKFLOW_DECIDES", problem.GetProperty("code").GetString());
        Assert.Equal(
            $"delivery-{delivery} is running and waits for a decision: POST /deliveries/{delivery}/resolution makes it, and closes this task.",
            problem.GetProperty("detail").GetString()
        );
        Assert.Equal($"POST /deliveries/{delivery}/resolution", told.GetProperty("decideBy").GetString());
        Assert.Equal("DONE", resolved.GetProperty("resolution").GetString());
    }

    [Fact]
    public async Task A_step_of_a_run_that_is_no_more_is_settled_by_an_operators_word_although_another_run_goes_on()
    {
        var delivery = await api.DeliveredAsync();
        var run = (await api.Temporal.GetWorkflowHandle($"delivery-{delivery}").DescribeAsync()).RunId;
        var ofThisRun = await OpenAsync("STEP_OVERDUE", delivery, run);
        var ofAnEarlier = await OpenAsync("STEP_OVERDUE", delivery, Guid.NewGuid().ToString());
        var resolution = new { resolution = "NOTHING_TO_DO", reason = "reset" };

        using var refused = await olga.PostAsJsonAsync($"/operator-tasks/{ofThisRun}/resolve", resolution);
        await OkAsync(olga.PostAsJsonAsync($"/operator-tasks/{ofAnEarlier}/resolve", resolution));

        Assert.Contains($"POST /deliveries/{delivery}/steps/release", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stuck_step_is_released_by_its_workflow()
    {
        var delivery = await api.DeliveredAsync();
        var release = new
        {
            step = StubDeliveryWorkflow.StuckStep,
            action = "SKIP",
            reason = "told by telephone",
            outcome = "BOOKED",
            reference = "B-7",
        };

        var released = await OkAsync(olga.PostAsJsonAsync($"/deliveries/{delivery}/steps/release", release));
        using var refused = await olga.PostAsJsonAsync($"/deliveries/{delivery}/steps/release", release with { step = "eat" });
        using var senseless = await olga.PostAsJsonAsync($"/deliveries/{delivery}/steps/release", new { action = "HOPE" });
        await api.Temporal.GetWorkflowHandle($"delivery-{delivery}").TerminateAsync();
        using var tooLate = await olga.PostAsJsonAsync($"/deliveries/{delivery}/steps/release", release);

        Assert.Equal("Skip BOOKED B-7", released.GetProperty("lastReason").GetString());
        Assert.Equal("operator:olga", released.GetProperty("lastActor").GetString());
        Assert.Equal("RELEASE_REFUSED", (await refused.JsonAsync()).GetProperty("code").GetString());
        Assert.Equal(["#/step", "#/action", "#/reason"], await senseless.PointersAsync());
        Assert.Equal("NOT_RUNNING", (await tooLate.JsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_change_is_made_of_the_version_that_was_seen_only()
    {
        var task = await OpenAsync("UNDO_FAILED");
        using var seen = await olga.GetAsync($"/operator-tasks/{task}");
        await OkAsync(joe.PostAsJsonAsync($"/operator-tasks/{task}/note", new { text = "wait" }));

        using var outdated = await olga.SendAsync(Claim(seen.Headers.ETag!));
        using var current = await olga.GetAsync($"/operator-tasks/{task}");
        using var claimed = await olga.SendAsync(Claim(current.Headers.ETag!));
        using var known = await olga.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/operator-tasks/{task}") { Headers = { IfNoneMatch = { claimed.Headers.ETag! } } }
        );

        Assert.Equal(HttpStatusCode.PreconditionFailed, outdated.StatusCode);
        Assert.Equal(HttpStatusCode.OK, claimed.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        HttpRequestMessage Claim(EntityTagHeaderValue tag) =>
            new(HttpMethod.Post, $"/operator-tasks/{task}/claim")
            {
                Content = JsonContent.Create(new { }),
                Headers = { IfMatch = { tag } },
            };
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_a_404()
    {
        var nothing = Guid.CreateVersion7();

        using var read = await olga.GetAsync($"/operator-tasks/{nothing}");
        using var claimed = await olga.PostAsJsonAsync($"/operator-tasks/{nothing}/claim", new { });
        using var resolved = await olga.PostAsJsonAsync($"/operator-tasks/{nothing}/resolve", new { resolution = "DONE", reason = "x" });

        Assert.All([read, claimed, resolved], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
    }

    private async Task<Guid> OpenAsync(string kind, Guid? delivery = null, string? run = null) =>
        await OpenAsync(await ada.PlaceAsync(Stories.Order(ApiApplication.Ada)), kind, delivery, run);

    private async Task<Guid> OpenAsync(Guid order, string kind, Guid? delivery = null, string? run = null)
    {
        // Ids of one millisecond are in no order: each here is of a later one.
        var task = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMilliseconds(++tasks));
        await api.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, delivery_order_id, workflow_run, detail)
            values (@task, @task, @kind, @order, @delivery, @run, 'something is wrong')
            """,
            new
            {
                task,
                kind,
                order,
                delivery,
                run,
            }
        );
        return task;
    }

    private static IReadOnlyList<Guid> Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(task => task.GetProperty("taskId").GetGuid())];

    private static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.JsonAsync();
    }
}
