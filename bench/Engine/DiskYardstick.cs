namespace TemporalDelivery.Bench.Engine;

/// <summary>
/// The second yardstick: where a commit takes as long as on a real disk, workflows per second against the commits per second of one
/// client. Above 1 means that commits are shared, as each workflow has several.
/// </summary>
/// <param name="CommitsPerSecond">Of one client, one after the other.</param>
/// <param name="Workflows">Workflows of one activity.</param>
internal sealed record DiskYardstick(double CommitsPerSecond, Measurement Workflows)
{
    /// <summary>Workflows completed for each commit that one client makes.</summary>
    public double Ratio => Workflows.PerSecond / CommitsPerSecond;

    /// <summary>Measures both on the same database, one after the other.</summary>
    public static async Task<DiskYardstick> MeasureAsync(EngineBenchOptions options, CancellationToken cancellationToken)
    {
        await using var engine = await Engine.StartAsync(
            options,
            StoreKind.PostgresSlowCommits,
            cachedWorkflows: 10_000,
            cancellationToken
        );
        var database = await PostgresServer.FindAsync(engine.Database.ConnectionString, cancellationToken);
        var commits = await database.CommitsPerSecondAsync(options.Time / 3, cancellationToken);
        var throughput = new Throughput(engine, StoreKind.PostgresSlowCommits, options);
        await throughput.WarmUpAsync(cancellationToken);
        var workflows = await throughput.ActivitiesAsync(
            "one activity each, slow commits",
            activities: 1,
            4 * options.Concurrency,
            cancellationToken
        );
        return new(commits, workflows);
    }
}
