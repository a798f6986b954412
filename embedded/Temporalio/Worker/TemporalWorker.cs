namespace Temporalio.Worker;

public class TemporalWorker
{
}
