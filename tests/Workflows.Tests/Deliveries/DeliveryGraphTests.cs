using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>The graph file is checked before any delivery lives by it.</summary>
public sealed class DeliveryGraphTests
{
    private static readonly string Published = File.ReadAllText(
        Path.Combine(PostgresServer.RepositoryRoot, "workflows/Deliveries/delivery-graph.v1.yaml")
    );

    [Fact]
    public void Every_published_graph_holds_and_the_last_one_is_current()
    {
        DeliveryGraph.CheckPublished();

        Assert.Throws<ArgumentOutOfRangeException>(() => DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion + 1));
        foreach (var version in Enumerable.Range(1, DeliveryGraph.CurrentVersion))
        {
            IsWhole(DeliveryGraph.OfVersion(version));
        }
    }

    private static void IsWhole(DeliveryGraph graph)
    {
        Assert.Equal(DeliveryState.Created, graph.Initial);
        Assert.Equal(Enum.GetValues<DeliveryState>().Order(), graph.States.Select(node => node.State).Order());
        Assert.Equal(
            [DeliveryState.DeliveryConfirmed, DeliveryState.Superseded, DeliveryState.Cancelled],
            graph.States.Where(node => node.Terminal).Select(node => node.State)
        );
    }

    [Fact]
    public void The_page_in_the_documentation_is_what_the_graph_says() =>
        Assert.Equal(DeliveryStatesPage.Write(), File.ReadAllText(Path.Combine(PostgresServer.RepositoryRoot, "docs/delivery-states.md")));

    [Theory]
    [InlineData(
        "a circle",
        "CREATED → PICKED_UP → CREATED",
        "from: PICKED_UP, to: DELIVERED, event: DELIVERED",
        "from: PICKED_UP, to: CREATED, event: DELIVERED"
    )]
    [InlineData(
        "a state to itself",
        "PICKED_UP → PICKED_UP",
        "from: PICKED_UP, to: DELIVERED, event: DELIVERED",
        "from: PICKED_UP, to: PICKED_UP, event: DELIVERED"
    )]
    [InlineData(
        "an unreachable state",
        "SUPERSEDED cannot be reached from CREATED",
        "  - { from: PENDING_BY_OPERATOR, to: SUPERSEDED, event: REDELIVER, by: [operator] }\n",
        ""
    )]
    [InlineData(
        "a dead end",
        "DELIVERY_FAILED is not terminal and has no way out",
        "  - { from: DELIVERY_FAILED, to: PENDING_BY_OPERATOR, event: ASK_OPERATOR, by: [system] }\n",
        ""
    )]
    [InlineData(
        "a way out of a final state",
        "SUPERSEDED is terminal and cannot be left",
        "event: ASK_OPERATOR, by: [system] }",
        "event: ASK_OPERATOR, by: [system] }\n  - { from: SUPERSEDED, to: CANCELLED, event: X, by: [system] }"
    )]
    [InlineData(
        "an event in two directions",
        "CANCEL leads out of CREATED twice",
        "from: CREATED, to: PICKED_UP, event: PICKED_UP",
        "from: CREATED, to: PICKED_UP, event: CANCEL"
    )]
    [InlineData("a transition without an event", "'event' is missing or empty", "event: REDELIVER, by: [operator]", "by: [operator]")]
    [InlineData(
        "a transition that nobody may cause",
        "'by' must list who may cause the transition",
        "event: REDELIVER, by: [operator]",
        "event: REDELIVER, by: []"
    )]
    [InlineData(
        "an actor that does not exist",
        "'anyone' is nobody who causes transitions",
        "event: REDELIVER, by: [operator]",
        "event: REDELIVER, by: [anyone]"
    )]
    [InlineData("a state that the code does not know", "'LIMBO' is not a delivery state", "to: SUPERSEDED, event", "to: LIMBO, event")]
    [InlineData("a state that is not listed", "SUPERSEDED is not among the states", "  - name: SUPERSEDED\n    terminal: true\n", "")]
    [InlineData(
        "a state listed twice",
        "state PICKED_UP stands here a second time",
        "  - name: DELIVERY_FAILED\n",
        "  - name: DELIVERY_FAILED\n  - name: PICKED_UP\n"
    )]
    [InlineData(
        "a silence without its transition",
        "the silence in CREATED is GHOSTED",
        "ask: partner, event: PICKUP_OVERDUE",
        "ask: partner, event: GHOSTED"
    )]
    [InlineData("a silence of no time", "'soon' is no time", "after: 2d", "after: soon")]
    [InlineData("a silence of zero days", "'0d' is no time", "after: 2d", "after: 0d")]
    [InlineData("a reminder that comes too late", "'7d' is no time to remind of what happens after 7d", "remind: 5d", "remind: 7d")]
    [InlineData("a reminder of no time", "'' is no time", "remind: 5d", "remind: ''")]
    [InlineData("a silence of more days than there are numbers", "'9999999999d' is no time", "after: 2d", "after: 9999999999d")]
    [InlineData("a silence without a time", "'after' is missing or empty", "after: 2d, ask: partner", "ask: partner")]
    [InlineData("by an empty list", "'by' must list", "event: REDELIVER, by: [operator]", "event: REDELIVER, by: []")]
    [InlineData("somebody else asked", "'oracle' cannot be asked", "after: 2d, ask: partner", "after: 2d, ask: oracle")]
    [InlineData(
        "a silence that says only its event",
        "'silence' must say after how long",
        "silence: { after: 2d, ask: partner, event: PICKUP_OVERDUE }",
        "silence: PICKUP_OVERDUE"
    )]
    [InlineData("a sequel without its transition", "what follows in DELIVERY_FAILED is SHRUG", "then: ASK_OPERATOR", "then: SHRUG")]
    [InlineData("an unknown task", "'TEA' is no operator task", "task: DELIVERY_PENDING", "task: TEA")]
    [InlineData("an unknown reason", "'BORED' is no reason for a failure", "reasons: [PARTNER_REJECTED] }", "reasons: [BORED] }")]
    [InlineData("no reasons", "'reasons' must list", "reasons: [PARTNER_REJECTED] }", "reasons: [] }")]
    [InlineData(
        "a failure without a reason",
        "DELIVERY_OVERDUE leads to DELIVERY_FAILED",
        "by: [system], reasons: [DELIVERY_OVERDUE] }",
        "by: [system] }"
    )]
    [InlineData("reasons without OTHER", "lack OTHER", "LOST, ACCESS_DENIED, OTHER]", "LOST, ACCESS_DENIED]")]
    [InlineData(
        "an unknown key",
        "'colour' is not known here",
        "  - name: DELIVERY_FAILED\n",
        "  - name: DELIVERY_FAILED\n    colour: red\n"
    )]
    [InlineData("no version", "version must be a positive number", "version: 1", "version: one")]
    [InlineData("a version of zero", "version must be a positive number", "version: 1", "version: 0")]
    [InlineData("an empty version", "'version' is missing or empty", "version: 1", "version: ''")]
    [InlineData("a version of several values", "'version' must be a single value", "version: 1", "version: [1]")]
    [InlineData(
        "states that are no list",
        "'states' must be a list",
        "states:\n  - name: CREATED",
        "states: none\nothers:\n  - name: CREATED"
    )]
    [InlineData(
        "a state that is no mapping",
        "an item of 'states' must be a mapping",
        "  - name: DELIVERY_FAILED\n    then",
        "  - DELIVERY_FAILED\n  - then"
    )]
    [InlineData(
        "a final state that is neither",
        "must be true or false",
        "  - name: SUPERSEDED\n    terminal: true",
        "  - name: SUPERSEDED\n    terminal: maybe"
    )]
    [InlineData(
        "a state that is said not to be final",
        "is not terminal and has no way out",
        "  - name: SUPERSEDED\n    terminal: true",
        "  - name: SUPERSEDED\n    terminal: false"
    )]
    [InlineData("a time without a number", "'d' is no time", "after: 2d", "after: d")]
    [InlineData("a time in weeks", "'2w' is no time", "after: 2d", "after: 2w")]
    [InlineData("by nobody", "'by' must list", "event: REDELIVER, by: [operator]", "event: REDELIVER, by: operator")]
    [InlineData(
        "an actor that is a list",
        "is nobody who causes transitions",
        "event: REDELIVER, by: [operator]",
        "event: REDELIVER, by: [[operator]]"
    )]
    [InlineData("reasons that are one value", "'reasons' must list", "reasons: [PARTNER_REJECTED] }", "reasons: PARTNER_REJECTED }")]
    [InlineData("a key that is a list", "is not known here", "  - name: DELIVERY_FAILED\n", "  - name: DELIVERY_FAILED\n    [a]: b\n")]
    [InlineData("no YAML", "not YAML", "states:", "states: [")]
    public void A_wrong_copy_is_refused_with_its_line_and_what_is_wrong(string what, string expected, string original, string replacement)
    {
        Assert.Contains(original, Published, StringComparison.Ordinal);
        var copy = Published.Replace(original, replacement, StringComparison.Ordinal);

        var refusal = Assert.Throws<DeliveryGraphException>(() => DeliveryGraphFile.Read("copy.yaml", copy));

        Assert.True(refusal.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {refusal.Message}");
        Assert.Matches("^copy\\.yaml:[0-9]+: ", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a list")]
    [InlineData("version: 1\n---\nversion: 2")]
    public void What_is_no_graph_at_all_is_refused(string yaml) =>
        Assert.Contains(
            "expected one YAML document",
            Assert.Throws<DeliveryGraphException>(() => DeliveryGraphFile.Read("copy.yaml", yaml)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_graph_begins_in_one_of_its_states()
    {
        const string yaml = """
            version: 1
            initial: PICKED_UP
            states:
              - { name: CREATED, terminal: true }
            transitions: []
            """;

        Assert.Equal(
            "copy.yaml:2: the initial state PICKED_UP is not among the states",
            Assert.Throws<DeliveryGraphException>(() => DeliveryGraphFile.Read("copy.yaml", yaml)).Message
        );
    }

    [Theory]
    [InlineData("12h", 12 * 60)]
    [InlineData("30m", 30)]
    [InlineData("3d", 3 * 24 * 60)]
    public void Times_are_days_hours_or_minutes(string time, int minutes)
    {
        var graph = DeliveryGraphFile.Read("copy.yaml", Published.Replace("after: 2d", $"after: {time}", StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromMinutes(minutes), graph.Node(DeliveryState.Created).Silence!.After);
    }

    [Theory]
    [InlineData(DeliveryState.Created, DeliveryEvents.PickedUp, EventFit.Fits)]
    [InlineData(DeliveryState.Created, DeliveryEvents.Delivered, EventFit.Early)]
    [InlineData(DeliveryState.Created, DeliveryEvents.Failed, EventFit.Early)]
    [InlineData(DeliveryState.PickedUp, DeliveryEvents.PickedUp, EventFit.Stale)]
    [InlineData(DeliveryState.Delivered, DeliveryEvents.PickedUp, EventFit.Stale)]
    [InlineData(DeliveryState.PendingByOperator, DeliveryEvents.Delivered, EventFit.Stale)]
    [InlineData(DeliveryState.Created, "LOITERED", EventFit.Stale)]
    public void Whether_a_partners_event_fits_waits_or_is_stale_follows_from_the_graph(DeliveryState state, string name, EventFit fit) =>
        Assert.Equal(fit, DeliveryGraph.OfVersion(1).Fit(state, name, ActorKind.Partner));

    [Theory]
    [InlineData(DeliveryEvents.Failed, "LOST", "fell off", DeliveryFailureReason.Lost, "fell off")]
    [InlineData(DeliveryEvents.Failed, "EATEN_BY_DOG", "a big one", DeliveryFailureReason.Other, "EATEN_BY_DOG: a big one")]
    [InlineData(DeliveryEvents.Failed, "PICKUP_OVERDUE", null, DeliveryFailureReason.Other, "PICKUP_OVERDUE")]
    [InlineData(DeliveryEvents.Failed, null, null, DeliveryFailureReason.Other, null)]
    [InlineData(DeliveryEvents.Rejected, "too heavy", null, DeliveryFailureReason.PartnerRejected, "too heavy")]
    [InlineData("DELIVERY_OVERDUE", null, null, DeliveryFailureReason.DeliveryOverdue, null)]
    public void What_a_failure_is_called_follows_from_the_reasons_that_its_move_allows(
        string name,
        string? reason,
        string? note,
        DeliveryFailureReason expected,
        string? expectedNote
    ) =>
        Assert.Equal(
            new DeliveryFailure(expected, expectedNote),
            DeliveryGraph
                .OfVersion(1)
                .Moves.Single(move => move.From == DeliveryState.PickedUp && move.Event == name)
                .FailureOf(reason, note)
        );

    [Fact]
    public void A_move_that_the_graph_does_not_have_is_not_made_and_says_why()
    {
        var graph = DeliveryGraph.OfVersion(1);

        Assert.Equal(
            "CANCEL is not possible in DELIVERY_CONFIRMED; possible there for operator: nothing, it is final",
            Assert
                .Throws<InvalidOperationException>(() =>
                    graph.Move(DeliveryState.DeliveryConfirmed, DeliveryEvents.Cancel, ActorKind.Operator)
                )
                .Message
        );
        Assert.Equal(
            "REDELIVER is not possible in PICKED_UP; possible there for customer: nothing now",
            graph.Refusal(DeliveryState.PickedUp, DeliveryEvents.Redeliver, ActorKind.Customer)
        );
        Assert.Equal(
            "RESOLVE is not possible in CREATED; possible there for operator: CANCEL",
            graph.Refusal(DeliveryState.Created, "RESOLVE", ActorKind.Operator)
        );
        Assert.Equal(
            "REJECTED in CREATED cannot be for LOST; possible: PARTNER_REJECTED",
            graph.ReasonRefusal(DeliveryState.Created, DeliveryEvents.Rejected, DeliveryFailureReason.Lost)
        );
        Assert.Null(graph.ReasonRefusal(DeliveryState.Created, DeliveryEvents.Rejected, DeliveryFailureReason.PartnerRejected));
        Assert.Null(graph.ReasonRefusal(DeliveryState.DeliveryConfirmed, DeliveryEvents.Dispute, DeliveryFailureReason.Lost));
    }

    [Fact]
    public void What_is_no_failure_has_no_reason() =>
        Assert.Null(
            DeliveryGraph.OfVersion(1).Move(DeliveryState.Created, DeliveryEvents.PickedUp, ActorKind.Partner).FailureOf("LOST", "note")
        );

    [Fact]
    public void The_events_of_the_partner_are_those_that_the_graph_lets_it_cause()
    {
        var events = DeliveryGraph.OfVersion(1).EventsBy(ActorKind.Partner);

        Assert.Subset(events.ToHashSet(), new HashSet<string>(["PICKED_UP", "REJECTED", "DELIVERED", "FAILED"]));
        Assert.DoesNotContain("CONFIRM_RECEIPT", events);
        Assert.Distinct(events);
    }

    [Fact]
    public void A_refusal_says_what_would_be_possible_or_who_would_be_allowed()
    {
        var graph = DeliveryGraph.OfVersion(1);

        Assert.Equal(
            "REDELIVER is not possible in DELIVERED; possible there for operator: DISPUTE",
            graph.Refusal(DeliveryState.Delivered, DeliveryEvents.Redeliver, ActorKind.Operator)
        );
        Assert.Equal(
            "CONFIRM_RECEIPT in DELIVERED is for customer or recipient, not for operator",
            graph.Refusal(DeliveryState.Delivered, DeliveryEvents.ConfirmReceipt, ActorKind.Operator)
        );
        Assert.Null(graph.Refusal(DeliveryState.Delivered, DeliveryEvents.ConfirmReceipt, ActorKind.Customer));
    }
}
