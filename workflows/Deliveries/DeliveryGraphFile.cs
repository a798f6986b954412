using System.Collections.Frozen;
using System.Globalization;
using TemporalDelivery.Workflows.Operators;
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
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
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
        CheckWhatHappensByItself(states, transitions);
        CheckReasons(transitions);
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
        CheckKeys(node, "name", "terminal", "silence", "then", "task");
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
        return new DeliveryNode(state, terminal, SilenceOf(node), Optional(node, "then")?.Value, TaskOf(node));
    }

    private DeliverySilence? SilenceOf(YamlMappingNode state)
    {
        var silence = Child(state, "silence") switch
        {
            null => null,
            YamlMappingNode mapping => mapping,
            var other => throw Wrong(other, "'silence' must say after how long, whom to ask and which event"),
        };
        if (silence is null)
        {
            return null;
        }

        CheckKeys(silence, "after", "remind", "ask", "event");
        var ask = Optional(silence, "ask");
        if (ask is not null && ask.Value != "partner")
        {
            throw Wrong(ask, $"'{ask.Value}' cannot be asked; expected partner");
        }

        var after = Duration(Scalar(silence, "after"));
        var remind = Optional(silence, "remind");
        TimeSpan? remindAfter = remind is null ? null : Duration(remind);
        return remindAfter >= after
            ? throw Wrong(remind!, $"'{remind!.Value}' is no time to remind of what happens after {Scalar(silence, "after").Value}")
            : new DeliverySilence(after, remindAfter, ask is not null, Scalar(silence, "event").Value!);
    }

    private OperatorTaskKind? TaskOf(YamlMappingNode state) =>
        Optional(state, "task") is not { } task ? null
        : WireNames.TryParse<OperatorTaskKind>(task.Value, out var kind) ? kind
        : throw Wrong(task, $"'{task.Value}' is no operator task; expected one of {string.Join(", ", WireNames.All<OperatorTaskKind>())}");

    // 7d, 12h, 30m
    private TimeSpan Duration(YamlScalarNode node) =>
        node.Value is [.. var digits, var unit]
        && unit is 'd' or 'h' or 'm'
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0
            ? count
                * (
                    unit switch
                    {
                        'd' => TimeSpan.FromDays(1),
                        'h' => TimeSpan.FromHours(1),
                        _ => TimeSpan.FromMinutes(1),
                    }
                )
            : throw Wrong(node, $"'{node.Value}' is no time; expected days, hours or minutes like 7d, 12h, 30m");

    private Transition MoveOf(YamlMappingNode node)
    {
        CheckKeys(node, "from", "to", "event", "by", "reasons");
        var move = new DeliveryMove(
            KnownState(Scalar(node, "from")),
            KnownState(Scalar(node, "to")),
            Scalar(node, "event").Value!,
            Actors(node),
            Reasons(node)
        );
        return new Transition(move, Line(node));
    }

    private DeliveryState KnownState(YamlScalarNode node)
    {
        var state = State(node);
        return stateLines.ContainsKey(state) ? state : throw Wrong(node, $"{state.WireName()} is not among the states");
    }

    private List<ActorKind> Actors(YamlMappingNode node) =>
        Child(node, "by") is YamlSequenceNode { Children.Count: > 0 } list
            ? Names<ActorKind>(list, "is nobody who causes transitions")
            : throw Wrong(node, "'by' must list who may cause the transition");

    private List<DeliveryFailureReason> Reasons(YamlMappingNode node) =>
        Child(node, "reasons") switch
        {
            null => [],
            YamlSequenceNode { Children.Count: > 0 } list => Names<DeliveryFailureReason>(list, "is no reason for a failure"),
            var other => throw Wrong(other, "'reasons' must list the reasons that the event may carry"),
        };

    private List<T> Names<T>(YamlSequenceNode list, string otherwise)
        where T : struct, Enum =>
        [
            .. list.Children.Select(item =>
                WireNames.TryParse<T>((item as YamlScalarNode)?.Value, out var value)
                    ? value
                    : throw Wrong(item, $"'{item}' {otherwise}; expected {string.Join(", ", WireNames.All<T>())}")
            ),
        ];

    private void CheckUnambiguous(List<Transition> transitions)
    {
        foreach (
            var same in transitions.GroupBy(transition => (transition.Move.From, transition.Move.Event)).Where(group => group.Count() > 1)
        )
        {
            throw new DeliveryGraphException(
                $"{file}:{same.Last().Line}: {same.Key.Event} leads out of {same.Key.From.WireName()} twice (first in line {same.First().Line})"
            );
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
                throw new DeliveryGraphException(
                    $"{file}:{stateLines[node.State]}: {node.State.WireName()} is not terminal and has no way out"
                );
            }
        }
    }

    private void CheckWhatHappensByItself(List<DeliveryNode> states, List<Transition> transitions)
    {
        foreach (var node in states)
        {
            Check(node, "the silence", node.Silence?.Event);
            Check(node, "what follows", node.Then);
        }

        void Check(DeliveryNode node, string what, string? eventName)
        {
            if (
                eventName is not null
                && !transitions.Exists(transition =>
                    transition.Move.From == node.State
                    && transition.Move.Event == eventName
                    && transition.Move.By.Contains(ActorKind.System)
                )
            )
            {
                throw new DeliveryGraphException(
                    $"{file}:{stateLines[node.State]}: {what} in {node.State.WireName()} is {eventName}, for which it has no transition by system"
                );
            }
        }
    }

    private void CheckReasons(List<Transition> transitions)
    {
        foreach (var (move, line) in transitions)
        {
            if (move.Reasons.Count > 1 && !move.Reasons.Contains(DeliveryFailureReason.Other))
            {
                throw new DeliveryGraphException(
                    $"{file}:{line}: the reasons of {move.Event} in {move.From.WireName()} lack OTHER, which an unknown reason becomes"
                );
            }

            var wantsReasons = transitions.Exists(other => other.Move.To == move.To && other.Move.Reasons.Count > 0);
            if (wantsReasons && move.Reasons.Count == 0)
            {
                throw new DeliveryGraphException(
                    $"{file}:{line}: {move.Event} leads to {move.To.WireName()} without a reason, which other moves to it carry"
                );
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
                throw new DeliveryGraphException(
                    $"{file}:{stateLines[state]}: a circle: {string.Join(" → ", circle)}; a delivery order never goes back"
                );
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
            // Each round adds one state, until a round adds none.
        }

        if (states.Find(node => !reached.Contains(node.State)) is { } unreachable)
        {
            throw new DeliveryGraphException(
                $"{file}:{stateLines[unreachable.State]}: {unreachable.State.WireName()} cannot be reached from {initial.WireName()}"
            );
        }
    }

    private DeliveryState State(YamlScalarNode node) =>
        WireNames.TryParse<DeliveryState>(node.Value, out var state)
            ? state
            : throw Wrong(
                node,
                $"'{node.Value}' is not a delivery state; the code knows {string.Join(", ", WireNames.All<DeliveryState>())}"
            );

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
