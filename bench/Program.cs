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
    ["burst", .. var rest] => await BurstBench.RunAsync(rest, interrupted.Token),
    ["open", .. var rest] => await OpenBench.RunAsync(rest, interrupted.Token),
    ["engine", .. var rest] => await EngineBench.RunAsync(rest, interrupted.Token),
    [WorkerCommand.Name, .. var rest] => await WorkerCommand.RunAsync(rest, interrupted.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: bench api   --api=URL --temporal=HOST:PORT --process=NAME=PID … [--orders=N] [--concurrency=N] [--rate=N] [--backlog=N]
               bench burst (the same) [--orders=N] [--kind=ebook|physical]
               bench open  (the same) [--deliveries=N] [--rates=N,N,…] [--seconds=N] [--restart], with BENCH_PARTNER_SECRET
               bench engine --server=PROGRAM [--quick] [--store=memory|postgres] [--scenario=one,ten,signals,timers,disk,idle,restart] [--json=FILE] [--markdown=FILE]
        with BENCH_DATABASE=CONNECTION, and BENCH_TEMPORAL_DATABASE=CONNECTION where Temporal has one of its own (use ./temporal-dev.sh bench)
        """
    );
    return 2;
}
