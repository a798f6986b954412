using System.Collections.Concurrent;
using System.Text.Json;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Shopping;

namespace TemporalDelivery.Chaos.Meddling;

/// <summary>
/// An operator who decides about what meddling leaves behind, as the tasks allow: most orders that have lost their run are resumed, some
/// undone; of the cancellations that were refused some are settled, and some stay open.
/// </summary>
/// <param name="person">Who decides.</param>
/// <param name="random">What is decided; from the seed.</param>
/// <param name="clock">What the run goes by.</param>
internal sealed class Clerk(Person person, Random random, Clock clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    private static readonly string[] Decisions = ["RESUME", "RESUME", "UNDO"];
    private readonly ConcurrentQueue<MeddlingAct> done = new();
    private readonly ConcurrentQueue<Difference> refused = new();
    private readonly HashSet<Guid> left = [];

    /// <summary>The orders that were to be resumed or undone.</summary>
    public IReadOnlyList<MeddlingAct> Done => [.. done];

    /// <summary>Decisions that were refused, though the task was open and offered them; none may be.</summary>
    public IReadOnlyList<Difference> Refused => [.. refused];

    /// <summary>Decides, until everything is at rest.</summary>
    public async Task DecideAsync(CancellationToken over)
    {
        using var look = new PeriodicTimer(BetweenLooks);
        try
        {
            while (await look.WaitForNextTickAsync(over))
            {
                foreach (var task in await FindAsync("STORY_LOST", over))
                {
                    await DecideAsync(task, Decisions[random.Next(Decisions.Length)], over);
                }

                foreach (var task in await FindAsync("CANCEL_REFUSED", over))
                {
                    var isLeft = left.Contains(Id(task)) || (random.Next(2) == 0 && left.Add(Id(task)));
                    if (!isLeft)
                    {
                        await DecideAsync(task, "NOTHING_TO_DO", over);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Everything is at rest, or never will be.
        }
    }

    private async Task<List<JsonElement>> FindAsync(string kind, CancellationToken over)
    {
        var tasks = await person.FindAsync($"/operator-tasks?kind={kind}&limit=100", over);
        return [.. tasks!.Value.GetProperty("items").EnumerateArray()];
    }

    private async Task DecideAsync(JsonElement task, string resolution, CancellationToken over)
    {
        clock.Say($"{resolution}: {task.GetProperty("detail").GetString()}");
        var order = $"order-{task.GetProperty("orderId").GetGuid()}";
        if (resolution != "NOTHING_TO_DO")
        {
            done.Enqueue(new(resolution == "UNDO" ? Act.Undo : Act.Resume, order));
        }

        var body = new { resolution, reason = "that was the wrong button" };
        var refusal = await person.TryAsync(HttpMethod.Post, $"/operator-tasks/{Id(task)}/resolve", body, over);
        if (refusal is not null && refusal.Code != "CLOSED")
        {
            refused.Enqueue(new("meddling", order, $"{resolution} of an open task", refusal.ToString()));
        }
    }

    private static Guid Id(JsonElement task) => task.GetProperty("taskId").GetGuid();
}
