using System.Collections.Frozen;
using System.Text;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The life of a delivery order as data: which move is legal, who may cause it, and what happens by itself. Immutable and checked when
/// built; reading it in a workflow is deterministic because a version never changes.
/// </summary>
public sealed class DeliveryGraph
{
    /// <summary>The version that new delivery orders begin with.</summary>
    public const int CurrentVersion = 2;

    private static readonly Lazy<FrozenDictionary<int, DeliveryGraph>> Published = new(DeliveryGraphFile.ReadPublished);

    private readonly FrozenDictionary<(DeliveryState From, string Event), DeliveryMove> moves;
    private readonly FrozenDictionary<DeliveryState, DeliveryNode> nodes;
    private readonly FrozenDictionary<DeliveryState, FrozenSet<DeliveryState>> reachable;

    internal DeliveryGraph(int version, DeliveryState initial, IReadOnlyList<DeliveryNode> states, IReadOnlyList<DeliveryMove> transitions)
    {
        Version = version;
        Initial = initial;
        States = states;
        Moves = transitions;
        nodes = states.ToFrozenDictionary(node => node.State);
        moves = transitions.ToFrozenDictionary(move => (move.From, move.Event));
        reachable = states.ToFrozenDictionary(node => node.State, node => ReachableFrom(node.State).ToFrozenSet());
    }

    /// <summary>The version of the file.</summary>
    public int Version { get; }

    /// <summary>Where a delivery order begins.</summary>
    public DeliveryState Initial { get; }

    /// <summary>All states, in the file's order.</summary>
    public IReadOnlyList<DeliveryNode> States { get; }

    /// <summary>All moves, in the file's order.</summary>
    public IReadOnlyList<DeliveryMove> Moves { get; }

    /// <summary>The published graph of this version.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    /// <exception cref="DeliveryGraphException">A published file is wrong.</exception>
    public static DeliveryGraph OfVersion(int version) =>
        Published.Value.TryGetValue(version, out var graph)
            ? graph
            : throw new ArgumentOutOfRangeException(nameof(version), version, "there is no delivery graph of this version");

    /// <summary>Reads and checks every published graph; hosts call it at start-up so that a wrong file stops them there.</summary>
    /// <exception cref="DeliveryGraphException">A published file is wrong.</exception>
    public static void CheckPublished() => _ = OfVersion(CurrentVersion);

    /// <summary>What the graph says of a state.</summary>
    public DeliveryNode Node(DeliveryState state) => nodes[state];

    /// <summary>Whether the state is final.</summary>
    public bool IsTerminal(DeliveryState state) => nodes[state].Terminal;

    /// <summary>All events that this kind of actor may cause somewhere.</summary>
    public IReadOnlyList<string> EventsBy(ActorKind actor) =>
        [.. Moves.Where(move => move.By.Contains(actor)).Select(move => move.Event).Distinct()];

    /// <summary>The events that this kind of actor may cause in a state.</summary>
    public IReadOnlyList<string> EventsIn(DeliveryState state, ActorKind by) =>
        [.. Moves.Where(move => move.From == state && move.By.Contains(by)).Select(move => move.Event)];

    /// <summary>The reasons that an event may carry in a state; none where it is not possible.</summary>
    public IReadOnlyList<DeliveryFailureReason> ReasonsOf(DeliveryState state, string eventName) =>
        moves.TryGetValue((state, eventName), out var move) ? move.Reasons : [];

    /// <summary>Whether the state has a move for the event, one that can be reached has, or none.</summary>
    public EventFit Fit(DeliveryState state, string eventName, ActorKind by) =>
        Allows(state, eventName, by) ? EventFit.Fits
        : reachable[state].Any(later => Allows(later, eventName, by)) ? EventFit.Early
        : EventFit.Stale;

    /// <summary>Why this actor's event is illegal here, in one sentence; null when it is legal.</summary>
    public string? Refusal(DeliveryState state, string eventName, ActorKind by) =>
        !moves.TryGetValue((state, eventName), out var move)
            ? $"{eventName} is not possible in {state.WireName()}; possible there for {by.WireName()}: {PossibleIn(state, by)}"
        : move.By.Contains(by) ? null
        : $"{eventName} in {state.WireName()} is for {string.Join(" or ", move.By.Select(kind => kind.WireName()))}, not for {by.WireName()}";

    /// <summary>Why this move may not carry this reason, in one sentence; null when it may.</summary>
    public string? ReasonRefusal(DeliveryState state, string eventName, DeliveryFailureReason reason) =>
        moves.TryGetValue((state, eventName), out var move) && !move.Reasons.Contains(reason)
            ? $"{eventName} in {state.WireName()} cannot be for {reason.WireName()}; possible: "
                + string.Join(", ", move.Reasons.Select(known => known.WireName()))
            : null;

    /// <summary>The legal move.</summary>
    /// <exception cref="InvalidOperationException">It is illegal; the message is <see cref="Refusal"/>'s.</exception>
    public DeliveryMove Move(DeliveryState state, string eventName, ActorKind by) =>
        Refusal(state, eventName, by) is { } refusal ? throw new InvalidOperationException(refusal) : moves[(state, eventName)];

    /// <summary>The graph as a Mermaid state diagram, for the documentation.</summary>
    public string ToMermaid()
    {
        var diagram = new StringBuilder("stateDiagram-v2\n");
        diagram.Append("    [*] --> ").Append(Initial.WireName()).Append('\n');
        foreach (var move in Moves)
        {
            diagram
                .Append("    ")
                .Append(move.From.WireName())
                .Append(" --> ")
                .Append(move.To.WireName())
                .Append(": ")
                .Append(move.Event)
                .Append(" (")
                .AppendJoin(", ", move.By.Select(kind => kind.WireName()))
                .Append(")\n");
        }

        foreach (var node in States.Where(node => node.Terminal))
        {
            diagram.Append("    ").Append(node.State.WireName()).Append(" --> [*]\n");
        }

        return diagram.ToString();
    }

    private bool Allows(DeliveryState state, string eventName, ActorKind by) =>
        moves.TryGetValue((state, eventName), out var move) && move.By.Contains(by);

    private string PossibleIn(DeliveryState state, ActorKind by) =>
        IsTerminal(state) ? "nothing, it is final"
        : EventsIn(state, by) is { Count: > 0 } events ? string.Join(", ", events)
        : "nothing now";

    private HashSet<DeliveryState> ReachableFrom(DeliveryState state)
    {
        var found = new HashSet<DeliveryState>();
        var open = new Queue<DeliveryState>([state]);
        while (open.TryDequeue(out var next))
        {
            foreach (var move in Moves.Where(move => move.From == next && found.Add(move.To)))
            {
                open.Enqueue(move.To);
            }
        }

        return found;
    }
}
