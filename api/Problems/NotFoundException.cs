namespace TemporalDelivery.Api.Problems;

/// <summary>What the path names does not exist, or is not the caller's to know of; answered 404.</summary>
internal sealed class NotFoundException(string what, object id) : Exception($"There is no {what} {id}.")
{
    /// <summary>What kind of thing was asked for.</summary>
    public string What { get; } = what;

    /// <summary>Its id, as asked for.</summary>
    public object Id { get; } = id;
}
