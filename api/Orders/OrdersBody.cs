using System.Reflection;
using System.Security.Cryptography;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.Orders;

/// <summary>The body of <c>POST /orders</c>: one order, or an array of them that is accepted whole or not at all.</summary>
/// <param name="Orders">At least one.</param>
/// <param name="IsArray">Whether they came in an array, and are answered with one.</param>
/// <param name="Hash">Of the body's bytes, to tell a repetition from another request under the same key.</param>
internal sealed record OrdersBody(IReadOnlyList<OrderRequest> Orders, bool IsArray, byte[] Hash)
{
    /// <summary>The most orders of an array.</summary>
    public const int MaxOrders = 100;

    /// <exception cref="MalformedRequestException">The body cannot be read.</exception>
    public static async ValueTask<OrdersBody> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var isArray = body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        var orders = isArray ? RequestBody.Parse<IReadOnlyList<OrderRequest?>>(body) : [RequestBody.Parse<OrderRequest>(body)];
        if (orders.Count is 0 or > MaxOrders)
        {
            throw new MalformedRequestException(
                new("#", "ORDER_COUNT", $"1 to {MaxOrders} orders can be placed at once, not {orders.Count}.")
            );
        }

        for (var index = 0; index < orders.Count; index++)
        {
            if (orders[index] is null)
            {
                throw new MalformedRequestException(new($"#/{index}", "MALFORMED", "An order is expected here, not null."));
            }
        }

        return new(orders!, isArray, SHA256.HashData(body));
    }
}
