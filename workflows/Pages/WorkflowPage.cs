using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Pages;

/// <summary>
/// Keeps the page that Temporal's tools show of a workflow as the workflow is: its search attributes and its current details. It follows on
/// its own, so that the story need not think of it. It looks whenever the workflow has come to a wait, so that an upsert is always one of
/// the commands of a workflow task that there is anyway.
/// </summary>
/// <typeparam name="TVersion">Whatever, when it is another, makes the page another. It is compared after each turn.</typeparam>
/// <param name="version">The page's version now.</param>
/// <param name="face">What the page shows.</param>
internal sealed class WorkflowPage<TVersion>(Func<TVersion> version, Func<PageFace> face)
    where TVersion : struct, IEquatable<TVersion>
{
    private const int MaxHappened = 20;

    private readonly Queue<string> happened = new();
    private string? last;
    private string? fault;

    /// <summary>
    /// Follows the workflow to its end, whatever goes wrong with a page: it is tried again at each workflow task. Start it and do not
    /// await it.
    /// </summary>
    public async Task FollowAsync()
    {
        while (true)
        {
            var shown = Look();
            var isShown = shown is not null && Try(() => Show(face()));
            if (isShown)
            {
                fault = null;
            }

            var triedAt = Workflow.CurrentHistoryLength;
            await Workflow.WaitConditionAsync(
                () => !Nullable.Equals(Look(), shown) || (!isShown && Workflow.CurrentHistoryLength != triedAt),
                CancellationToken.None
            );
        }
    }

    private TVersion? Look()
    {
        TVersion? seen = null;
        Try(() => seen = version());
        return seen;
    }

    // Nobody awaits the page: a fault that left here would stop it, and nobody would know. The wait looks very often: each fault is told
    // once, until there is another or the page is shown.
    private bool Try(Action look)
    {
        try
        {
            look();
            return true;
        }
        catch (Exception failure)
        {
            var met = $"{failure.GetType()}: {failure.Message}";
            if (met != fault)
            {
                fault = met;
                Workflow.Logger.LogError(failure, "The page of this workflow does not show what has happened");
            }

            return false;
        }
    }

    private void Show(PageFace page)
    {
        if (page.Headline != last)
        {
            last = page.Headline;
            happened.Enqueue($"{Text(Workflow.UtcNow)}: {page.Headline}");
        }

        if (happened.Count > MaxHappened)
        {
            happened.Dequeue();
        }

        var changes = Changes(page).ToList();
        if (changes.Count > 0)
        {
            Workflow.UpsertTypedSearchAttributes([.. changes]);
        }

        Workflow.CurrentDetails = Details(page);
    }

    /// <summary>A time as the page writes it.</summary>
    public static string Text(DateTime time) => time.ToString("ddd d MMM HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static IEnumerable<SearchAttributeUpdate> Changes(PageFace page)
    {
        var known = Workflow.TypedSearchAttributes;
        (SearchAttributeKey<string> Key, string? Value)[] wanted =
        [
            (BusinessAttributes.OrderId, page.OrderId.ToString()),
            (BusinessAttributes.CustomerId, page.CustomerId.ToString()),
            (page.StateKey, page.State),
            (BusinessAttributes.FailureReason, page.FailureReason),
        ];
        foreach (var (key, value) in wanted)
        {
            if (value != (known.ContainsKey(key) ? known.Get(key) : null))
            {
                yield return value is null ? key.ValueUnset() : key.ValueSet(value);
            }
        }

        var tasks = known.ContainsKey(BusinessAttributes.OperatorTask) ? known.Get(BusinessAttributes.OperatorTask) : [];
        if (!page.Tasks.SequenceEqual(tasks))
        {
            yield return page.Tasks.Count == 0
                ? BusinessAttributes.OperatorTask.ValueUnset()
                : BusinessAttributes.OperatorTask.ValueSet(page.Tasks);
        }
    }

    private string Details(PageFace page)
    {
        var text = new StringBuilder("### What happened\n\n");
        foreach (var line in happened)
        {
            text.Append("- ").Append(line).Append('\n');
        }

        if (page.Tasks.Count > 0)
        {
            text.Append("\n### What an operator has to do\n\n");
            foreach (var task in page.Tasks)
            {
                text.Append("- `").Append(task).Append("`\n");
            }
        }

        text.Append("\n### What is possible now\n\n");
        if (page.Allowed.Count == 0)
        {
            return text.Append("Nothing: it goes on by itself, or is over.\n").ToString();
        }

        text.Append("Fill in who you are (`operator:jane`) and why, and send it as the update's input.\n");
        foreach (var update in page.Allowed)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{update.Name}**, to {update.Purpose}:\n```json\n{update.Json}\n```\n");
        }

        return text.ToString();
    }
}
