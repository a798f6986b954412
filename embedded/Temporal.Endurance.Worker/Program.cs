using Temporal.Endurance.Worker;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;

if (args is not [var address, var ledgerFile])
{
    Console.Error.WriteLine("usage: Temporal.Endurance.Worker HOST:PORT LEDGER-FILE");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var ledger = new Ledger(ledgerFile);
using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
while (true)
{
    try
    {
        // The server may be the one that was killed.
        var client = await TemporalClient.ConnectAsync(new(address));
        var activities = new EffectActivities(client, ledger);
        using var worker = new TemporalWorker(
            client,
            new TemporalWorkerOptions(JourneyWorkflow.TaskQueue) { StickyQueueScheduleToStartTimeout = TimeSpan.FromSeconds(1) }
                .AddAllActivities(activities)
                .AddWorkflow<JourneyWorkflow>()
                .AddWorkflow<ErrandWorkflow>()
        );
        Console.WriteLine("worker ready");
        await worker.ExecuteAsync(stop.Token);
        return 0;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 0;
    }
    catch (Exception error)
        when (error
                is InvalidOperationException
                    or RpcException { Code: RpcException.StatusCode.Unavailable or RpcException.StatusCode.DeadlineExceeded }
        )
    {
        Console.Error.WriteLine($"again, because: {error.Message}");
        await retry.WaitForNextTickAsync(stop.Token);
    }
}
