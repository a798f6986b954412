using System.Collections.Concurrent;
using System.Text.Json;
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
    private readonly HashSet<Guid> left = [];

    /// <summary>The orders that were to be undone.</summary>
    public IReadOnlyList<MeddlingAct> Done => [.. done];

    /// <summary>Decides, until it is no use any more.</summary>
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
            // Nobody waits for an order any more.
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
        if (resolution == "UNDO")
        {
            done.Enqueue(new(Act.Undo, $"order-{task.GetProperty("orderId").GetGuid()}"));
        }

        var body = new { resolution, reason = "that was the wrong button" };
        await person.AskAsync(HttpMethod.Post, $"/operator-tasks/{Id(task)}/resolve", body, over);
    }

    private static Guid Id(JsonElement task) => task.GetProperty("taskId").GetGuid();
}
