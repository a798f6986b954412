using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Products;

/// <summary>The catalogue, for everybody to read and for the shop's staff to change.</summary>
internal static class ProductEndpoints
{
    public static void MapProducts(this WebApplication app)
    {
        var products = app.MapGroup("/products")
            .WithTags("Products")
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        products
            .MapGet("", ListAsync)
            .WithName("listProducts")
            .WithDescription("Operators also see how much there is.")
            .AllowAnonymous()
            .WithSummary("Lists what is on sale by SKU; for operators also what is not, with onSale=false.");
        products
            .MapGet("{sku}", FindAsync)
            .WithName("findProduct")
            .WithDescription("Also of what is not on sale any more, because old orders have it.")
            .AllowAnonymous()
            .WithSummary("A product, its price, and whether it is there.")
            .ProducesProblem(404);
        products
            .MapPut("{sku}", PutAsync)
            .WithName("putProduct")
            .WithDescription("If-None-Match: * makes only; If-Match changes only that version. Orders that were accepted keep their price.")
            .RequireAuthorization(Policies.Admin)
            .Idempotent()
            .WithSummary("Makes a product, or changes its name, its price, or whether it is on sale.")
            .Produces<ProductResponse>(201);
        products
            .MapPost("{sku}/stock", ChangeStockAsync)
            .WithName("changeStock")
            .WithDescription("What is reserved for orders cannot be written off.")
            .RequireAuthorization(Policies.Admin)
            .Idempotent()
            .WithSummary("Puts some on the shelf, or writes some off that nobody has reserved.")
            .ProducesProblem(404);
    }

    private static async Task<Results<Ok<PageOf<ProductResponse>>, ChallengeHttpResult, ForbidHttpResult>> ListAsync(
        ProductStore products,
        bool? onSale,
        string? cursor,
        int? limit,
        HttpContext context
    )
    {
        var isOperator = IsOperator(context);
        if (onSale is false && !isOperator)
        {
            return context.User.Identity is { IsAuthenticated: true } ? TypedResults.Forbid() : TypedResults.Challenge();
        }

        var page = await products.ListAsync(
            onSale ?? true,
            PageRequest.SkuCursor(cursor),
            PageRequest.Limit(limit),
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Ok(
            new PageOf<ProductResponse>(
                [.. page.Items.Select(product => ProductResponse.Of(product, isOperator))],
                page.Next is { } next ? PageRequest.Cursor(next) : null
            )
        );
    }

    private static async Task<Results<TaggedResult<ProductResponse>, ProblemHttpResult>> FindAsync(
        string sku,
        ProductStore products,
        HttpContext context
    ) =>
        Sku.TryParse(sku, out var known) && await products.FindAsync(known, context.RequestAborted) is { } product
            ? Tagged(product, IsOperator(context))
            : Problem.NotFound("product", sku);

    private static async Task<Results<TaggedResult<ProductResponse>, ProblemHttpResult>> PutAsync(
        SkuInPath sku,
        ProductRequest body,
        Caller caller,
        IfMatch ifMatch,
        CreateOnly createOnly,
        ProductStore products,
        HttpContext context
    )
    {
        if (ifMatch.MustExist && createOnly.IsAsked)
        {
            return Problem.Malformed(new("If-None-Match", "MALFORMED", "Either If-Match or If-None-Match: one says known, one says new."));
        }

        var put = new ProductChange.Put(
            sku.Sku,
            caller.Actor,
            body.Reason!,
            Request(context),
            body.Name!.Trim(),
            body.Kind is { } kind ? WireNames.Parse<LineKind>(kind) : null,
            body.PriceCents!.Value,
            body.OnSale!.Value,
            ifMatch.MustExist ? true
                : createOnly.IsAsked ? false
                : null,
            MayChange(ifMatch)
        );
        return await ChangeAsync(put, products, context.RequestAborted);
    }

    private static Task<Results<TaggedResult<ProductResponse>, ProblemHttpResult>> ChangeStockAsync(
        SkuInPath sku,
        StockRequest body,
        Caller caller,
        ProductStore products,
        HttpContext context
    ) =>
        ChangeAsync(
            new ProductChange.Stock(sku.Sku, caller.Actor, body.Reason!, Request(context), body.Change!.Value),
            products,
            context.RequestAborted
        );

    private static async Task<Results<TaggedResult<ProductResponse>, ProblemHttpResult>> ChangeAsync(
        ProductChange change,
        ProductStore products,
        CancellationToken cancellationToken
    )
    {
        var (verdict, product) = await products.ChangeAsync(change, cancellationToken);
        return verdict switch
        {
            ProductVerdict.Created or ProductVerdict.Changed => Tagged(product!, true, isNew: verdict == ProductVerdict.Created),
            ProductVerdict.Outdated => Problem.Outdated(
                product is null ? $"There is no product {change.Sku}." : $"The product is known and at version {product.Version}."
            ),
            ProductVerdict.KindMissing => Problem.Refused([
                new("#/kind", "KIND_MISSING", $"A new product has a kind, one of {string.Join(", ", WireNames.All<LineKind>())}."),
            ]),
            ProductVerdict.OtherKind => Problem.Refused([
                new("#/kind", "KIND_FIXED", $"{change.Sku} is {product!.Kind}, and a product's kind never changes."),
            ]),
            ProductVerdict.TooFew => Problem.Conflict(
                $"{product!.OnHand} of {change.Sku} are on hand and {product.Reserved} reserved: {product.Free} can be written off.",
                "RESERVED",
                new KeyValuePair<string, object?>("free", product.Free)
            ),
            ProductVerdict.TooMany => Problem.Conflict(
                $"{product!.OnHand} of {change.Sku} are on hand; there can be {ProductStore.MaxOnHand}.",
                "TOO_MANY"
            ),
            _ => Problem.NotFound("product", change.Sku),
        };
    }

    // A reservation changes what is seen, but not the product: the tag is the product's version and what the caller sees of the stock.
    private static TaggedResult<ProductResponse> Tagged(StoredProduct product, bool withStock, bool isNew = false)
    {
        var stock =
            withStock ? $"-{product.StockVersion}"
            : product.IsAvailable ? ""
            : "-out";
        return new(ProductResponse.Of(product, withStock), $"\"{product.Version}{stock}\"", isNew);
    }

    private static Func<int, bool>? MayChange(IfMatch ifMatch) =>
        ifMatch.Tags is not { } tags
            ? null
            : version => tags.Any(tag => tag.Trim('"').Split('-')[0] == version.ToString(CultureInfo.InvariantCulture));

    private static bool IsOperator(HttpContext context) => Caller.Find(context.User) is { IsOperator: true };

    private static string? Request(HttpContext context) => context.Features.Get<IdempotentCall>()?.UpdateId;
}
