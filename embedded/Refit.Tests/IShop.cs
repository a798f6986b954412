namespace Refit.Tests;

/// <summary>An interface with one method of each shape that the system uses.</summary>
[Headers("Accept: application/json", "X-Shop: one")]
internal interface IShop : IDisposable
{
    [Get("/items/{id}")]
    Task<Item> GetAsync(Guid id, CancellationToken cancellationToken);

    [Get("/items/{sku}/price")]
    Task<string> PriceAsync([AliasAs("sku")] string name, string currency, int? digits = null);

    [Get("/items")]
    Task<List<Item>> FindAsync([Query] Filter filter, [Query(CollectionFormat.Multi)] string[] tags);

    [Get("/items")]
    Task<List<Item>> AllAsync([Query] string[] tags);

    [Post("/items")]
    Task<Item> AddAsync([Body] Item item, [Header("Idempotency-Key")] string key, CancellationToken cancellationToken = default);

    [Put("/items/{id}")]
    [Headers("X-Shop: two", "Accept")]
    Task ReplaceAsync(Guid id, Item item, [HeaderCollection] IDictionary<string, string> headers);

    [Delete("/items/{id}")]
    Task DeleteAsync(Guid id);

    [Get("/items/{id}")]
    Task<ApiResponse<Item>> TryGetAsync(Guid id);

    [Get("/items/{id}")]
    Task<IApiResponse<Item>> TryGetByInterfaceAsync(Guid id);

    [Get("/items/{id}")]
    Task<HttpResponseMessage> RawAsync(Guid id);

    [Get("/any/{id}")]
    Task<T> AnyAsync<T>(int id);

    [Get("/files/{**path}")]
    Task<string> FileAsync(string path, [Authorize] string token);
}

internal sealed record Item(string Name, int PriceCents, Kind Kind = Kind.Physical);

internal enum Kind
{
    Physical,
    Digital,
}

internal sealed class Filter
{
    public string? Name { get; set; }

    [AliasAs("max")]
    public int MaxPrice { get; set; }

    [Query(Format = "yyyy-MM-dd")]
    public DateTime? Since { get; set; }
}
