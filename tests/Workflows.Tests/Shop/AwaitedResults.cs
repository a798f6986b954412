using Temporalio.Client.Interceptors;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// Counts the results that a test is waiting for: as long as there is one, the server skips time, and a test that ends without its result
/// would leave the clock running ahead for the next.
/// </summary>
internal sealed class AwaitedResults : IClientInterceptor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private int waiting;
    private TaskCompletionSource? none;

    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Counted(this, nextInterceptor);

    /// <summary>Returns when no result is waited for any more.</summary>
    public async Task NoneAsync()
    {
        Task settled;
        lock (gate)
        {
            if (waiting == 0)
            {
                return;
            }

            none = new(TaskCreationOptions.RunContinuationsAsynchronously);
            settled = none.Task;
        }

        await settled.WaitAsync(Patience);
    }

    private void Add(int change)
    {
        lock (gate)
        {
            waiting += change;
            if (waiting == 0)
            {
                none?.TrySetResult();
            }
        }
    }

    private sealed class Counted(AwaitedResults results, ClientOutboundInterceptor next) : ClientOutboundInterceptor(next)
    {
        public override async Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(FetchWorkflowHistoryEventPageInput input)
        {
            results.Add(1);
            try
            {
                return await base.FetchWorkflowHistoryEventPageAsync(input);
            }
            finally
            {
                results.Add(-1);
            }
        }
    }
}
