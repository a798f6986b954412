using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using TemporalDelivery.Database.Users;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Tests;

/// <summary>
/// Walks every endpoint that is mapped, as everybody, and compares what they may with docs/authorization.md. RECORD_AUTHORIZATION=yes
/// writes the page instead, for people to read before they commit it.
/// </summary>
public sealed partial class AuthorizationTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private const string Merchant = "shopfront";

    private static readonly string Page = Path.Combine(PostgresServer.RepositoryRoot, "docs", "authorization.md");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_lets_in_whom_the_page_says()
    {
        var seen = await WalkAsync();

        if (Environment.GetEnvironmentVariable("RECORD_AUTHORIZATION") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Page, seen, Now);
        }

        Assert.Equal(await File.ReadAllTextAsync(Page, Now), seen);
    }

    [Fact]
    public async Task What_is_anothers_is_answered_like_what_does_not_exist()
    {
        var things = await ThingsAsync();
        var compared = 0;
        foreach (var (method, route) in Endpoints().Where(endpoint => Placeholder().IsMatch(endpoint.Route)))
        {
            foreach (var credential in new[] { Customer(ApiApplication.Grace), api.Token(UserRoles.Client, "another") })
            {
                var (path, nowhere) = (things.In(route), things.Nowhere(route));
                var (theirs, text) = await AskAsync(method, path, credential);
                if (theirs is 403 or 404)
                {
                    var (none, sameText) = await AskAsync(method, nowhere, credential);
                    Assert.Equal((theirs, Anonymous(text)), (none, Anonymous(sameText)));
                    compared += theirs == 404 ? 1 : 0;
                }
            }
        }

        Assert.InRange(compared, 14, 1_000);

        // Ids and codes are the caller's own words; the rest must be the same.
        static string Anonymous(string problem) => Ids().Replace(TraceId().Replace(problem, ""), "ID");
    }

    private async Task<string> WalkAsync()
    {
        (string Name, string? Credential)[] callers =
        [
            ("nobody", null),
            ("expired", api.Token(UserRoles.Admin, "root", isExpired: true)),
            ("customer, own", Customer(ApiApplication.Ada)),
            ("another's", Customer(ApiApplication.Grace)),
            ("client, own", api.Token(UserRoles.Client, Merchant)),
            ("another's", api.Token(UserRoles.Client, "another")),
            ("partner", api.Token(UserRoles.Partner, "partner")),
            ("payments", api.Token(UserRoles.Payments, "payments")),
            ("operator", api.Token(UserRoles.Operator, "olga")),
            ("admin", api.Token(UserRoles.Admin, "root")),
        ];
        var page = new StringBuilder(
            """
            # Who may call what

            Made by `tests/Api.Tests/AuthorizationTests.cs`, which asks every endpoint as everybody and fails when one is missing here
            (`RECORD_AUTHORIZATION=yes` writes it anew). **yes**: let in, and what the request is worth is judged after that.
            401: no credential, or one that is not believed; 403: another role's, or another customer's; 404: answered like what does not exist.
            What `nobody` may, takes no credential: webhooks are signed, a receipt without credentials takes the PIN.


            """
        );
        page.Append("| endpoint | ")
            .AppendJoin(" | ", callers.Select(caller => caller.Name))
            .Append(" |\n|---")
            .Insert(page.Length, "|---", callers.Length);
        page.Append("|\n");
        foreach (var (method, route) in Endpoints())
        {
            page.Append($"| `{method} {route}` |");
            var things = await ThingsAsync();
            foreach (var (_, credential) in callers)
            {
                if (method == "DELETE")
                {
                    things = await ThingsAsync();
                }

                var (status, _) = await AskAsync(method, things.In(route), credential);
                page.Append(status is 401 or 403 or 404 ? $" {status} |" : " yes |");
            }

            page.Append('\n');
        }

        return page.ToString();
    }

    private IEnumerable<(string Method, string Route)> Endpoints() =>
        api.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Select(method => (method, "/" + Constraint().Replace(endpoint.RoutePattern.RawText!.Trim('/'), "}")))
            )
            .OrderBy(endpoint => endpoint.Item2, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.method, StringComparer.Ordinal);

    private async Task<(int Status, string Text)> AskAsync(string method, string path, string? credential)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        if (method != "GET" && path != "/oauth/token")
        {
            // An order says in its body whose it is; of the others an empty one is enough to see who is let in.
            request.Content =
                path.StartsWith("/orders?", StringComparison.Ordinal) || path == "/orders/quote"
                    ? JsonContent.Create(Stories.Order(ApiApplication.Ada))
                    : Stories.Raw("{}");
        }

        using var answer = await api.Anybody().SendAsync(request, Now);
        // Webhooks take no credential of ours: theirs is the signature.
        var isUnsigned = path.StartsWith("/webhooks/", StringComparison.Ordinal) && (int)answer.StatusCode == 401;
        return (isUnsigned ? 200 : (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Now));
    }

    private string Customer(Guid id) => api.Token(UserRoles.Customer, "somebody", id);

    // One of each, Ada's or the merchant's.
    private async Task<Things> ThingsAsync()
    {
        var order = await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        var things = new Things(
            order,
            await api.DeliveryAsync(order, "DELIVERED"),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            VoucherCode.New()
        );
        await api.ExecuteAsync(
            """
            delete from messages.webhook_endpoints;
            delete from identity.api_keys;
            insert into messages.webhook_endpoints (endpoint_id, owner, url, topics, secret)
            values (@EndpointId, 'client:shopfront', 'https://shop.example/', '{order.*}', '\x00');
            insert into identity.api_keys (key_id, name, role, scopes, prefix, hash, created_by, expires_at)
            values (@KeyId, 'x', 'client', '{}', 'tdk_', sha256(@KeyId::text::bytea), 'operator:root', now() + interval '1 day');
            insert into orders.operator_tasks (task_id, task_key, kind, detail)
            values (@TaskId, @TaskId::text, 'BOOKS_DIFFER', 'a test''s');
            insert into vouchers.vouchers (voucher_id, order_id, customer_id, code, amount_cents, state)
            select gen_random_uuid(), order_id, customer_id, @Code, 500, 'READY' from orders.orders where order_id = @OrderId
            """,
            things
        );
        return things;
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@":[^}]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{4}(-[0-9A-Z]{4}){3}|[0-9A-Z]{16}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"""traceId"":""[^""]*""")]
    private static partial Regex TraceId();

    private sealed record Things(Guid OrderId, Guid DeliveryOrderId, Guid TaskId, Guid EndpointId, Guid KeyId, string Code)
    {
        /// <summary>The same route to nothing.</summary>
        public string Nowhere(string route) =>
            (
                this with
                {
                    OrderId = Guid.NewGuid(),
                    DeliveryOrderId = Guid.NewGuid(),
                    EndpointId = Guid.NewGuid(),
                    Code = VoucherCode.New(),
                }
            ).In(route);

        public string In(string route)
        {
            var path = Placeholder()
                .Replace(route, name => name.Groups[1].Value switch
                    {
                        "orderId" => OrderId.ToString(),
                        "deliveryOrderId" => DeliveryOrderId.ToString(),
                        "taskId" => TaskId.ToString(),
                        "endpointId" => EndpointId.ToString(),
                        "keyId" => KeyId.ToString(),
                        "customerId" => ApiApplication.Ada.ToString(),
                        "code" => Code,
                        "sku" => "LAMP-DESK",
                        "documentName" => "v1",
                        "name" => "not-found",
                        var other => throw new InvalidOperationException($"{route}: which {other}?"),
                    });
            return path is "/orders" or "/vouchers" or "/notifications" ? $"{path}?customerId={ApiApplication.Ada}" : path;
        }
    }
}
