using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.State;

/// <summary>
/// The builds of workers that completed workflow tasks of a run, as Temporal tells them in the search attribute <c>BuildIds</c>: first
/// <c>unversioned</c> when the last of them asked for no versioning, then each build once, the oldest left out when they are too many.
/// </summary>
internal sealed class BuildIds
{
    private const string Attribute = "BuildIds";
    private const string Unversioned = "unversioned";
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>No workflow task has completed yet.</summary>
    public static readonly BuildIds None = new([], new Payload());

    // Most runs have one worker's builds, and share what is said of them.
    private static volatile BuildIds latest = None;

    private readonly IReadOnlyList<string> values;
    private readonly SearchAttributes alone;

    private BuildIds(IReadOnlyList<string> values, Payload payload)
    {
        this.values = values;
        alone = new SearchAttributes { IndexedFields = { [Attribute] = payload } };
    }

    /// <summary>The builds after one more completed workflow task.</summary>
    public BuildIds After(WorkerVersionStamp? worker)
    {
        var build = worker is null ? null : BuildOf(worker);
        var isUnversioned = worker is not { UseVersioning: true };
        if (isUnversioned == (values.Count > 0 && values[0] == Unversioned) && (build is null || values.Contains(build)))
        {
            return this;
        }

        List<string> next = isUnversioned ? [Unversioned] : [];
        next.AddRange(values.Where(value => value != Unversioned));
        if (build is not null && !next.Contains(build))
        {
            next.Add(build);
        }

        var known = latest;
        return known.values.SequenceEqual(next) ? known : latest = Within(next);
    }

    /// <summary>Search attributes with the builds. The result is not to be modified.</summary>
    public SearchAttributes Mark(SearchAttributes attributes)
    {
        if (values.Count == 0)
        {
            return attributes;
        }

        if (attributes.IndexedFields.Count == 0)
        {
            return alone;
        }

        var marked = attributes.Clone();
        marked.IndexedFields[Attribute] = alone.IndexedFields[Attribute];
        return marked;
    }

    private static string BuildOf(WorkerVersionStamp worker) =>
        worker.BuildId.Length == 0 ? Unversioned : (worker.UseVersioning ? "versioned:" : "unversioned:") + worker.BuildId;

    private static BuildIds Within(List<string> values)
    {
        while (true)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(values, Json);
            if (json.Length <= Limits.SearchAttributeBytes || values.Count == 0)
            {
                return new BuildIds(
                    values,
                    new Payload
                    {
                        Metadata =
                        {
                            ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
                            ["type"] = ByteString.CopyFromUtf8("KeywordList"),
                        },
                        Data = ByteString.CopyFrom(json),
                    }
                );
            }

            values.RemoveAt(values.Count > 1 && values[0] == Unversioned ? 1 : 0);
        }
    }
}
