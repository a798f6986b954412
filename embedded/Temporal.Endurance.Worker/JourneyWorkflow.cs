using Temporalio.Workflows;

namespace Temporal.Endurance.Worker;

/// <summary>
/// Two legs (the second by continue-as-new), each with an activity, a timer, a child that signals back, activities in parallel; between
/// them signals and an update that runs an activity. Repeated signals and updates change nothing.
/// </summary>
[Workflow]
public sealed class JourneyWorkflow
{
    /// <summary>Where its workers listen.</summary>
    public const string TaskQueue = "endurance";

    /// <summary>The signals that it waits for: 1 to this.</summary>
    public const int Signals = 3;

    private const int Legs = 2;
    private const int Parallel = 3;

    private readonly SortedSet<int> signals = [];
    private readonly HashSet<int> reports = [];
    private string? name;
    private int sum;

    /// <summary>Travels.</summary>
    [WorkflowRun]
    public async Task<JourneyResult> RunAsync(Journey journey)
    {
        signals.UnionWith(journey.Signals);
        name ??= journey.Name;
        sum += journey.Sum;
        sum += await Work.EffectAsync(1);
        await Workflow.DelayAsync(journey.Pause);
        sum += await Workflow.ExecuteChildWorkflowAsync(
            (ErrandWorkflow errand) => errand.RunAsync(journey.Leg, Workflow.Info.WorkflowId),
            new() { Id = $"{Workflow.Info.WorkflowId}-errand-{journey.Leg}", TaskTimeout = Work.TaskTimeout }
        );
        await Workflow.WaitConditionAsync(() => signals.Count == Signals && reports.Contains(journey.Leg) && name is not null);
        foreach (var part in await Workflow.WhenAllAsync(Enumerable.Range(0, Parallel).Select(_ => Work.AcknowledgedEffectAsync(2))))
        {
            sum += part;
        }

        sum += await Work.EffectAsync(3);
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished);
        if (journey.Leg == Legs)
        {
            return new JourneyResult(journey.Number, name!, [.. signals], sum);
        }

        var rest = journey with { Leg = journey.Leg + 1, Signals = [.. signals], Name = name, Sum = sum };
        throw Workflow.CreateContinueAsNewException((JourneyWorkflow workflow) => workflow.RunAsync(rest));
    }

    /// <summary>A signal from outside.</summary>
    [WorkflowSignal]
    public Task AddAsync(int signal)
    {
        signals.Add(signal);
        return Task.CompletedTask;
    }

    /// <summary>The errand of a leg has been run.</summary>
    [WorkflowSignal]
    public Task ReportAsync(int leg)
    {
        reports.Add(leg);
        return Task.CompletedTask;
    }

    /// <summary>Gives the journey its name.</summary>
    [WorkflowUpdate]
    public async Task<string> NameAsync(string newName)
    {
        await Work.AcknowledgedEffectAsync(0);
        return name = newName;
    }

    /// <summary>Refuses to change the name.</summary>
    [WorkflowUpdateValidator(nameof(NameAsync))]
    public void ValidateName(string newName)
    {
        if (name is not null && name != newName)
        {
            throw new InvalidOperationException($"the journey is named {name} already");
        }
    }
}
