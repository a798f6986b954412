using TemporalDelivery.Bench.Api;

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
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench api --api=URL --database=CONNECTION --process=NAME=PID … [--orders=N]   (use ./temporal-dev.sh bench)");
    return 2;
}
