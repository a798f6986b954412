using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TemporalDelivery.Api.Tests;

/// <summary>Every answer writes times in one way, whether the database or the process has written it.</summary>
public sealed partial class TimesTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    [Fact]
    public async Task Times_are_UTC_with_microseconds_and_a_Z()
    {
        var ada = api.AsCustomer(ApiApplication.Ada);
        var olga = api.AsOperator();
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await api.ExecuteAsync(
            """
            update orders.order_view set status = 'COMPLETED';
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (gen_random_uuid(), 'x', 'UNDO_FAILED', @order, 'x');
            insert into vouchers.vouchers (voucher_id, order_id, customer_id, code, amount_cents, state)
            values (gen_random_uuid(), @order, @ada, 'ABCDEFGHJKMN', 500, 'READY')
            """,
            new { order, ada = ApiApplication.Ada }
        );
        var tasks = await olga.GetFromJsonAsync<JsonElement>("/operator-tasks");
        var task = tasks.GetProperty("items")[0].GetProperty("taskId").GetGuid();

        var times = new List<string>();
        foreach (
            var path in new[]
            {
                $"/orders/{order}",
                "/orders",
                $"/orders/{order}/voucher",
                "/operator-tasks",
                $"/operator-tasks/{task}",
                $"/customers/{ApiApplication.Ada}/items",
                "/customers/summaries",
            }
        )
        {
            var found = Times(await olga.GetFromJsonAsync<JsonElement>(path)).ToList();
            Assert.NotEmpty(found);
            times.AddRange(found);
        }

        Assert.All(times, time => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", time));
    }

    [Fact]
    public async Task The_document_says_that_times_are_times()
    {
        var document = await api.Anybody().GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var schemas = document.GetProperty("components").GetProperty("schemas");

        Assert.Equal("date-time", Format("OrderResponse", "placedAt"));
        Assert.Equal("date-time", Format("OperatorTaskResponse", "openedAt"));
        Assert.Equal("date-time", Format("OperatorTaskResponse", "closedAt"));

        string? Format(string schema, string name) =>
            schemas.GetProperty(schema).GetProperty("properties").GetProperty(name).GetProperty("format").GetString();
    }

    private static IEnumerable<string> Times(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().SelectMany(property => Times(property.Value)),
            JsonValueKind.Array => json.EnumerateArray().SelectMany(Times),
            JsonValueKind.String when Time().IsMatch(json.GetString()!) => [json.GetString()!],
            _ => [],
        };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT")]
    private static partial Regex Time();
}
