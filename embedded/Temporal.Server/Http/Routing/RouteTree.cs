namespace Temporal.Server.Http.Routing;

/// <summary>Finds what is at a path: literal segments win over variable ones.</summary>
/// <typeparam name="T">What is found.</typeparam>
internal sealed class RouteTree<T>
    where T : class
{
    private readonly Node root = new();

    /// <summary>Puts something at a template such as <c>a/{x}/b</c>.</summary>
    /// <exception cref="InvalidOperationException">There is something already.</exception>
    public void Add(string verb, string template, T target)
    {
        var (node, names) = (root, new List<string>());
        foreach (var segment in template.Split('/'))
        {
            if (segment.StartsWith('{'))
            {
                names.Add(segment[1..^1]);
                node = node.Variable ??= new Node();
            }
            else if (!node.Literals.TryGetValue(segment, out var next))
            {
                node.Literals.Add(segment, node = new Node());
            }
            else
            {
                node = next;
            }
        }

        if (!node.Targets.TryAdd(verb, (target, names)))
        {
            throw new InvalidOperationException($"{verb} {template} is routed twice.");
        }
    }

    /// <summary>Finds what is at a path.</summary>
    /// <param name="verb">The HTTP method.</param>
    /// <param name="segments">The path, decoded.</param>
    /// <param name="otherVerbs">When nothing is found: the methods for which there is something at the path.</param>
    public RouteMatch<T>? Find(string verb, IReadOnlyList<string> segments, out IReadOnlyCollection<string> otherVerbs)
    {
        var others = new SortedSet<string>(StringComparer.Ordinal);
        otherVerbs = others;
        return Find(root, 0, []);

        RouteMatch<T>? Find(Node node, int depth, List<string> values)
        {
            if (depth == segments.Count)
            {
                if (node.Targets.TryGetValue(verb, out var found))
                {
                    return new RouteMatch<T>(found.Target, [.. found.Names.Zip(values)]);
                }

                others.UnionWith(node.Targets.Keys);
                return null;
            }

            if (node.Literals.TryGetValue(segments[depth], out var literal) && Find(literal, depth + 1, values) is { } match)
            {
                return match;
            }

            // No name in the API is empty.
            return node.Variable is { } variable && segments[depth].Length > 0
                ? Find(variable, depth + 1, [.. values, segments[depth]])
                : null;
        }
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Literals { get; } = new(StringComparer.Ordinal);

        public Node? Variable { get; set; }

        public Dictionary<string, (T Target, List<string> Names)> Targets { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>What a path led to.</summary>
/// <param name="Target">What is there.</param>
/// <param name="Variables">The path's variable segments: name in the template, and value.</param>
internal sealed record RouteMatch<T>(T Target, IReadOnlyList<(string Name, string Value)> Variables);
