using System.Globalization;
using System.Text;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>The page <c>docs/delivery-states.md</c>, written from the graph that new delivery orders live by.</summary>
public static class DeliveryStatesPage
{
    /// <summary>The page's text.</summary>
    public static string Write()
    {
        var graph = DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion);
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"""
            # The life of a delivery order

            Written by `./temporal-dev.sh docs` from
            [`workflows/Deliveries/delivery-graph.v{graph.Version}.yaml`](../workflows/Deliveries/delivery-graph.v{graph.Version}.yaml),
            the file by which delivery orders live; a test keeps the two equal. On each arrow: the event, and who may cause it.
            A delivery order finishes on the version of the graph that it began with.

            ```mermaid
            {graph.ToMermaid()}```

            An event of the partner that has no arrow where the delivery stands waits if a state that can still be reached has one;
            otherwise it is recorded as stale and not applied.

            ## What happens by itself

            | in | when nothing happens for | customer reminded after | asked first | then |
            |---|---|---|---|---|

            """
        );
        foreach (var node in graph.States)
        {
            if (node.Silence is { } silence)
            {
                Row(
                    node.State.WireName(),
                    Time(silence.After),
                    silence.RemindAfter is { } remind ? Time(remind) : "–",
                    silence.AskPartner ? "the partner" : "nobody",
                    silence.Event
                );
            }
            else if (node.Then is { } next)
            {
                Row(node.State.WireName(), "at once", "–", "nobody", next);
            }
        }

        foreach (var node in graph.States.Where(node => node.Task is not null))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"\nFor as long as a delivery is {node.State.WireName()}, an operator task {node.Task!.Value.WireName()} is open.\n"
            );
        }

        page.Append("\n## Reasons that a failure may carry\n\n| event | in | reasons |\n|---|---|---|\n");
        foreach (var move in graph.Moves.Where(move => move.Reasons.Count > 0))
        {
            Row(move.Event, move.From.WireName(), string.Join(", ", move.Reasons.Select(reason => reason.WireName())));
        }

        page.Append("\nA reason of the partner that is not listed becomes OTHER, and is kept in the note. ");
        return page.Append("Where one reason is listed, the event implies it.\n").ToString();

        void Row(params string[] cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Time(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.##} days");
}
