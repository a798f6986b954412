using System.Collections.Frozen;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>Reads a delivery graph from YAML and refuses a wrong one with the file, the line and the state.</summary>
public sealed class DeliveryGraphFile
{
    private const string ResourcePrefix = "delivery-graph.v";

    private readonly string file;
    private readonly Dictionary<DeliveryState, int> stateLines = [];

    private DeliveryGraphFile(string file) => this.file = file;

    /// <summary>Reads and checks one graph.</summary>
    /// <param name="file">How to call it in errors.</param>
    /// <param name="yaml">Its text.</param>
    /// <exception cref="DeliveryGraphException">It is not a graph by which a delivery order could live.</exception>
    public static DeliveryGraph Read(string file, string yaml) => new DeliveryGraphFile(file).Read(yaml);

    internal static FrozenDictionary<int, DeliveryGraph> ReadPublished()
    {
        var assembly = typeof(DeliveryGraphFile).Assembly;
        var graphs = new Dictionary<int, DeliveryGraph>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var graph = Read(resource, reader.ReadToEnd());
            if (resource != string.Create(CultureInfo.InvariantCulture, $"{ResourcePrefix}{graph.Version}.yaml"))
            {
                throw new DeliveryGraphException($"{resource}: says version {graph.Version}, which its name does not");
            }

            graphs.Add(graph.Version, graph);
        }

        return graphs.ToFrozenDictionary();
    }

    private DeliveryGraph Read(string yaml)
    {
        var root = Root(yaml);
        var version = Version(Scalar(root, "version"));
        var states = Items(root, "states").Select(StateOf).ToList();
        var transitions = Items(root, "transitions").Select(MoveOf).ToList();
        var initialNode = Scalar(root, "initial");
        var initial = State(initialNode);
        if (!stateLines.ContainsKey(initial))
        {
            throw Wrong(initialNode, $"the initial state {initial.WireName()} is not among the states");
        }

        CheckUnambiguous(transitions);
        CheckWaysOut(states, transitions);
        CheckSilence(states, transitions);
        CheckAcyclic(initial, transitions);
        CheckReachable(initial, states, transitions);
        return new DeliveryGraph(version, initial, states, [.. transitions.Select(transition => transition.Move)]);
    }

    private YamlMappingNode Root(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw new DeliveryGraphException($"{file}: expected one YAML document with version, initial, states and transitions");
        }
        catch (YamlException error)
        {
            throw new DeliveryGraphException($"{file}:{error.Start.Line}: not YAML: {error.Message}", error);
        }
    }

    private int Version(YamlScalarNode node) =>
        int.TryParse(node.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version
            : throw Wrong(node, $"version must be a positive number, not '{node.Value}'");

    private DeliveryNode StateOf(YamlMappingNode node)
    {
        CheckKeys(node, "name", "terminal", "silence");
        var name = Scalar(node, "name");
        var state = State(name);
        if (!stateLines.TryAdd(state, Line(name)))
        {
            throw Wrong(name, $"state {state.WireName()} stands here a second time (first in line {stateLines[state]})");
        }

        var terminal = Optional(node, "terminal")?.Value switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw Wrong(node, $"terminal of {state.WireName()} must be true or false, not '{other}'"),
        };
        return new DeliveryNode(state, terminal, Optional(node, "silence")?.Value);
    }

    private Transition MoveOf(YamlMappingNode node)
    {
        CheckKeys(node, "from", "to", "event", "by");
        var move = new DeliveryMove(KnownState(Scalar(node, "from")), KnownState(Scalar(node, "to")), Scalar(node, "event").Value!, Actors(node));
        return new Transition(move, Line(node));
    }

    private DeliveryState KnownState(YamlScalarNode node)
    {
        var state = State(node);
        return stateLines.ContainsKey(state) ? state : throw Wrong(node, $"{state.WireName()} is not among the states");
    }

    private List<ActorKind> Actors(YamlMappingNode node)
    {
        var actors = Child(node, "by") is YamlSequenceNode list && list.Children.Count > 0
            ? list
            : throw Wrong(node, "'by' must list who may cause the transition");
        return [.. actors.Children.Select(actor =>
            WireNames.TryParse<ActorKind>((actor as YamlScalarNode)?.Value, out var kind)
                ? kind
                : throw Wrong(actor, $"'{actor}' is nobody who causes transitions; expected {string.Join(", ", Enum.GetValues<ActorKind>().Select(value => value.WireName()))}"))];
    }

    private void CheckUnambiguous(List<Transition> transitions)
    {
        foreach (var same in transitions.GroupBy(transition => (transition.Move.From, transition.Move.Event)).Where(group => group.Count() > 1))
        {
            throw new DeliveryGraphException(
                $"{file}:{same.Last().Line}: {same.Key.Event} leads out of {same.Key.From.WireName()} twice (first in line {same.First().Line})");
        }
    }

    private void CheckWaysOut(List<DeliveryNode> states, List<Transition> transitions)
    {
        foreach (var node in states)
        {
            var wayOut = transitions.Find(transition => transition.Move.From == node.State);
            if (node.Terminal && wayOut is not null)
            {
                throw new DeliveryGraphException($"{file}:{wayOut.Line}: {node.State.WireName()} is terminal and cannot be left");
            }

            if (!node.Terminal && wayOut is null)
            {
                throw new DeliveryGraphException($"{file}:{stateLines[node.State]}: {node.State.WireName()} is not terminal and has no way out");
            }
        }
    }

    private void CheckSilence(List<DeliveryNode> states, List<Transition> transitions)
    {
        foreach (var node in states.Where(node => node.Silence is not null))
        {
            if (!transitions.Any(transition =>
                    transition.Move.From == node.State && transition.Move.Event == node.Silence && transition.Move.By.Contains(ActorKind.System)))
            {
                throw new DeliveryGraphException(
                    $"{file}:{stateLines[node.State]}: the silence of {node.State.WireName()} is {node.Silence}, for which it has no transition by system");
            }
        }
    }

    private void CheckAcyclic(DeliveryState initial, List<Transition> transitions)
    {
        var done = new HashSet<DeliveryState>();
        foreach (var start in stateLines.Keys.OrderByDescending(state => state == initial))
        {
            Visit(start, []);
        }

        void Visit(DeliveryState state, List<DeliveryState> path)
        {
            if (path.Contains(state))
            {
                var circle = path.Skip(path.IndexOf(state)).Append(state).Select(step => step.WireName());
                throw new DeliveryGraphException($"{file}:{stateLines[state]}: a circle: {string.Join(" → ", circle)}; a delivery order never goes back");
            }

            if (!done.Contains(state))
            {
                foreach (var transition in transitions.Where(transition => transition.Move.From == state))
                {
                    Visit(transition.Move.To, [.. path, state]);
                }

                done.Add(state);
            }
        }
    }

    private void CheckReachable(DeliveryState initial, List<DeliveryNode> states, List<Transition> transitions)
    {
        var reached = new HashSet<DeliveryState> { initial };
        while (transitions.Exists(transition => reached.Contains(transition.Move.From) && reached.Add(transition.Move.To)))
        {
            // Each round adds one state; it ends when none is added.
        }

        if (states.Find(node => !reached.Contains(node.State)) is { } unreachable)
        {
            throw new DeliveryGraphException(
                $"{file}:{stateLines[unreachable.State]}: {unreachable.State.WireName()} cannot be reached from {initial.WireName()}");
        }
    }

    private DeliveryState State(YamlScalarNode node) =>
        WireNames.TryParse<DeliveryState>(node.Value, out var state)
            ? state
            : throw Wrong(node, $"'{node.Value}' is not a delivery state; the code knows {string.Join(", ", Enum.GetValues<DeliveryState>().Select(value => value.WireName()))}");

    private IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string key) =>
        Child(node, key) is YamlSequenceNode list
            ? list.Children.Select(item => item as YamlMappingNode ?? throw Wrong(item, $"an item of '{key}' must be a mapping"))
            : throw Wrong(node, $"'{key}' must be a list");

    private YamlScalarNode Scalar(YamlMappingNode node, string key) =>
        Optional(node, key) is { Value.Length: > 0 } scalar ? scalar : throw Wrong(node, $"'{key}' is missing or empty");

    private YamlScalarNode? Optional(YamlMappingNode node, string key) =>
        Child(node, key) switch
        {
            null => null,
            YamlScalarNode scalar => scalar,
            var other => throw Wrong(other, $"'{key}' must be a single value"),
        };

    private void CheckKeys(YamlMappingNode node, params string[] known)
    {
        foreach (var key in node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name))
            {
                throw Wrong(key, $"'{key}' is not known here; expected {string.Join(", ", known)}");
            }
        }
    }

    private DeliveryGraphException Wrong(YamlNode node, string what) => new($"{file}:{Line(node)}: {what}");

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static int Line(YamlNode node) => (int)node.Start.Line;

    private sealed record Transition(DeliveryMove Move, int Line);
}
