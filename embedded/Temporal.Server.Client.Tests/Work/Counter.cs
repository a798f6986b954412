using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>Counts what it is sent until it is told to finish; told to renew it continues as new.</summary>
[Workflow]
public sealed class Counter
{
    private bool isFinished;
    private bool renews;

    [WorkflowInit]
    public Counter(int start) => Value = start;

    [WorkflowQuery]
    public int Value { get; private set; }

    [WorkflowRun]
    public async Task<int> RunAsync(int start)
    {
        await Workflow.WaitConditionAsync(() => isFinished || renews);
        if (renews)
        {
            throw Workflow.CreateContinueAsNewException((Counter counter) => counter.RunAsync(Value));
        }

        return Value;
    }

    [WorkflowSignal]
    public Task AddAsync(int number)
    {
        Value += number;
        return Task.CompletedTask;
    }

    [WorkflowSignal]
    public Task RenewAsync()
    {
        renews = true;
        return Task.CompletedTask;
    }

    [WorkflowSignal]
    public Task FinishAsync()
    {
        isFinished = true;
        return Task.CompletedTask;
    }

    [WorkflowQuery]
    public string Refuse() => throw new InvalidOperationException("nobody may know");

    [WorkflowUpdate]
    public Task<int> AddAndGetAsync(int number)
    {
        Value += number;
        return Task.FromResult(Value);
    }

    [WorkflowUpdateValidator(nameof(AddAndGetAsync))]
    public void Validate(int number)
    {
        if (number < 0)
        {
            throw new ApplicationFailureException("only more");
        }
    }
}
