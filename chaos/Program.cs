using System.Runtime.InteropServices;
using TemporalDelivery.Chaos;

if (!ChaosOptions.TryRead(args, out var options, out var problem))
{
    Console.Error.WriteLine($"chaos: {problem}\n{ChaosOptions.Usage}");
    return 2;
}

// Whoever stops it gets rid of all that it has started.
using var stopped = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await ChaosRun.RunAsync(options, stopped.Token);
}
catch (OperationCanceledException) when (stopped.IsCancellationRequested)
{
    Console.Error.WriteLine("chaos: stopped");
    return 130;
}
