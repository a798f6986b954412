using TemporalDelivery.Bench.Api;
using TemporalDelivery.Bench.Engine;

// Measurements, run by hand through `temporal-dev.sh bench`, which starts what is measured and passes where it is.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

return args switch
{
    ["api", .. var rest] => await ApiBench.RunAsync(rest, interrupted.Token),
    ["engine", .. var rest] => await EngineBench.RunAsync(rest, interrupted.Token),
    [WorkerCommand.Name, .. var rest] => await WorkerCommand.RunAsync(rest, interrupted.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: BENCH_DATABASE=CONNECTION bench api --api=URL --process=NAME=PID … [--orders=N]
               BENCH_DATABASE=CONNECTION bench engine --server=PROGRAM [--quick] [--store=memory|postgres] [--scenario=one,ten,signals,timers,disk,idle,restart] [--json=FILE] [--markdown=FILE]
        (use ./temporal-dev.sh bench)
        """
    );
    return 2;
}
