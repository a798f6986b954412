using System.Runtime.CompilerServices;

namespace Temporalio.Client;

/// <summary>Lists page by page what a server has.</summary>
internal static class PagedList
{
    /// <summary>All entries of all pages, each page asked for when the one before has been read.</summary>
    /// <param name="limit">How many at most; 0 for all.</param>
    /// <param name="rpc">The call's options.</param>
    /// <param name="readPage">Reads the page with the given token (null for the first), and the token of the next one (null after the last).</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        int limit,
        RpcOptions? rpc,
        Func<byte[]?, RpcOptions, Task<(IReadOnlyCollection<T> Entries, byte[]? NextPageToken)>> readPage,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var (options, linked) = TemporalClient.DefaultRetryOptions(rpc).WithAdditionalCancellationToken(cancellationToken);
        using (linked)
        {
            var listed = 0;
            byte[]? nextPageToken = null;
            do
            {
                (var entries, nextPageToken) = await readPage(nextPageToken, options).ConfigureAwait(false);
                foreach (var each in entries)
                {
                    yield return each;
                    if (++listed == limit)
                    {
                        yield break;
                    }
                }
            }
            while (nextPageToken is not null);
        }
    }
}
