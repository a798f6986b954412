using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.StatusReads;

namespace TemporalDelivery.Api.Requests;

/// <summary>
/// The order or delivery order that the path names, once it is known to be the caller's. Bound before the endpoint runs, so that no
/// endpoint can forget the check.
/// </summary>
/// <param name="Row">Its row of the read model.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Call">The request, when it bears an idempotency key.</param>
internal sealed record OwnedResource(StatusDocument Row, Caller Caller, IdempotentCall? Call)
    : IBindableFromHttpContext<OwnedResource>,
        IEndpointParameterMetadataProvider
{
    /// <summary>The path parameter that names an order.</summary>
    public const string OrderId = "orderId";

    /// <summary>The path parameter that names a delivery order.</summary>
    public const string DeliveryOrderId = "deliveryOrderId";

    /// <summary>The id in the path.</summary>
    public Guid Id => Row.Id;

    /// <summary>Binds the parameter of endpoints that require authentication.</summary>
    /// <exception cref="NotFoundException">It does not exist, or is somebody else's: the two are not told apart.</exception>
    /// <exception cref="OutdatedException">It is not the version that is to be changed (<c>If-Match</c>).</exception>
    public static async ValueTask<OwnedResource?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var found = await FindAsync(context);
        var isChange = !HttpMethods.IsGet(context.Request.Method);
        return isChange && (await IfMatch.BindAsync(context, parameter))?.Tags is { } tags && !tags.Any(tag => IsOf(found.Row, tag))
            ? throw new OutdatedException()
            : found;
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        if (!builder.Metadata.OfType<IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains(HttpMethods.Get)))
        {
            IfMatch.PopulateMetadata(parameter, builder);
        }
    }

    // The tag that a customer gets tells of the PIN, too.
    private static bool IsOf(StatusDocument row, string tag) => tag.Trim('"').Split('-')[0] == row.ETag.Trim('"');

    /// <summary>Finds what the path names for a caller who is authenticated.</summary>
    /// <exception cref="NotFoundException">It does not exist, or is somebody else's: the two are not told apart.</exception>
    public static async Task<OwnedResource> FindAsync(HttpContext context)
    {
        var caller = Caller.Of(context.User);
        var status = context.RequestServices.GetRequiredService<StatusCaches>();
        var (what, text) = context.Request.RouteValues.TryGetValue(OrderId, out var order)
            ? ("order", order)
            : ("delivery", context.Request.RouteValues[DeliveryOrderId]);
        var id = Guid.Parse((string)text!);
        var row =
            what == "order"
                ? await status.FindOrderAsync(id, context.RequestAborted)
                : await status.FindDeliveryAsync(id, context.RequestAborted);
        return row is not null && caller.MayActFor(row.CustomerId)
            ? new OwnedResource(row, caller, context.Features.Get<IdempotentCall>())
            : throw new NotFoundException(what, id);
    }
}
