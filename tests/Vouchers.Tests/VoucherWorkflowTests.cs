using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace TemporalDelivery.Vouchers.Tests;

/// <summary>The workflow that issues a voucher, with its own activities on a real PostgreSQL.</summary>
public sealed class VoucherWorkflowTests : IAsyncLifetime
{
    private static readonly string Committed = Path.Combine(
        PostgresServer.RepositoryRoot,
        "tests/Vouchers.Tests/Histories/voucher-issued.json"
    );

    private TestDatabase database = null!;
    private ServiceProvider services = null!;
    private WorkflowEnvironment environment = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(Cancel);
        await new Migrator(
            database.DataSource,
            [MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)],
            NullLogger<Migrator>.Instance
        ).MigrateAsync(Cancel);
        await OutboxContract.CreateAsync(database);
        services = new ServiceCollection().AddSingleton<NpgsqlDataSource>(_ => database.DataSource).AddVouchers().BuildServiceProvider();
        environment = await TestTemporal.StartTimeSkippingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await environment.DisposeAsync();
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task An_earned_voucher_is_issued_and_ready_for_its_customer()
    {
        var earned = new IssueVoucher(Guid.CreateVersion7(), Guid.CreateVersion7(), 500);

        var (issued, history) = await IssueAsync(earned, services.GetRequiredService<VoucherStore>());

        var voucher = await Store.FindByCodeAsync(issued.Code, Cancel);
        Assert.Equal(
            (issued.VoucherId, earned.OrderId, earned.CustomerId, 500, VoucherState.Ready),
            (voucher!.VoucherId, voucher.OrderId, voucher.CustomerId, voucher.AmountCents, voucher.State)
        );
        await Replayer<VoucherWorkflow>().ReplayWorkflowAsync(WorkflowHistory.FromJson(history.Id, history.ToJson()));
        if (Environment.GetEnvironmentVariable("RECORD_HISTORIES") == "1")
        {
            await File.WriteAllTextAsync(Committed, history.ToJson() + "\n", Cancel);
        }
    }

    [Fact]
    public async Task A_database_that_is_away_delays_the_voucher_and_does_not_double_it()
    {
        var earned = new IssueVoucher(Guid.CreateVersion7(), Guid.CreateVersion7(), 500);

        await IssueAsync(earned, new AnswersGetLost(services.GetRequiredService<VoucherStore>()));

        Assert.Equal(VoucherState.Ready, (await Store.FindByOrderAsync(earned.OrderId, Cancel))!.State);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_day_delays_the_voucher_and_does_not_lose_it()
    {
        var earned = new IssueVoucher(Guid.CreateVersion7(), Guid.CreateVersion7(), 500);

        var (_, history) = await IssueAsync(earned, new AwayForADay(services.GetRequiredService<VoucherStore>()));

        Assert.Equal(VoucherState.Ready, (await Store.FindByOrderAsync(earned.OrderId, Cancel))!.State);
        Assert.True(history.Events.Last().EventTime.ToDateTime() - history.Events.First().EventTime.ToDateTime() >= TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task The_committed_history_replays() => await Replayer<VoucherWorkflow>().ReplayWorkflowAsync(Read());

    [Fact]
    public async Task A_voucher_that_is_activated_before_it_is_issued_does_not_replay()
    {
        var error = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() =>
            Replayer<SwappedVoucherWorkflow>().ReplayWorkflowAsync(Read())
        );

        Assert.Contains("IssueVoucher", error.Message, StringComparison.Ordinal);
        Assert.Contains("ActivateVoucher", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private VoucherStore Store => services.GetRequiredService<VoucherStore>();

    private static WorkflowReplayer Replayer<TWorkflow>() => new(new WorkflowReplayerOptions { DebugMode = true }.AddWorkflow<TWorkflow>());

    private static WorkflowHistory Read() => WorkflowHistory.FromJson("voucher-issued", File.ReadAllText(Committed));

    private async Task<(IssuedVoucher Issued, WorkflowHistory History)> IssueAsync<TActivities>(IssueVoucher earned, TActivities activities)
        where TActivities : IVoucherActivities
    {
        using var worker = new TemporalWorker(
            environment.Client,
            new TemporalWorkerOptions(VoucherModule.TaskQueue).AddWorkflow<VoucherWorkflow>().AddAllActivities(activities)
        );
        return await worker.ExecuteAsync(async () =>
        {
            var handle = await environment.Client.StartWorkflowAsync(
                (VoucherWorkflow workflow) => workflow.RunAsync(earned),
                new WorkflowOptions($"voucher-{earned.OrderId}", VoucherModule.TaskQueue)
            );
            return (await handle.GetResultAsync(), await handle.FetchHistoryAsync());
        });
    }

    /// <summary>Does nothing for a day, and then what it is asked to.</summary>
    private sealed class AwayForADay(VoucherStore vouchers) : IVoucherActivities
    {
        [Activity]
        public Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher)
        {
            var info = ActivityExecutionContext.Current.Info;
            return info.CurrentAttemptScheduledTime - info.ScheduledTime >= TimeSpan.FromDays(1)
                ? vouchers.IssueVoucherAsync(voucher)
                : throw new IOException("the database is away");
        }

        [Activity]
        public Task ActivateVoucherAsync(IssuedVoucher voucher) => vouchers.ActivateVoucherAsync(voucher);

        [Activity]
        public Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use) => vouchers.RedeemVoucherAsync(use);

        [Activity]
        public Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use) => vouchers.GiveVoucherBackAsync(use);
    }

    /// <summary>Does everything, but the first answer of each activity is lost.</summary>
    private sealed class AnswersGetLost(VoucherStore vouchers) : IVoucherActivities
    {
        [Activity]
        public Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher) => LoseFirstAsync(vouchers.IssueVoucherAsync(voucher));

        [Activity]
        public Task ActivateVoucherAsync(IssuedVoucher voucher) => LoseFirstAsync(Do(vouchers.ActivateVoucherAsync(voucher)));

        [Activity]
        public Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use) => vouchers.RedeemVoucherAsync(use);

        [Activity]
        public Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use) => vouchers.GiveVoucherBackAsync(use);

        private static async Task<T> LoseFirstAsync<T>(Task<T> effect)
        {
            var answer = await effect;
            return ActivityExecutionContext.Current.Info.Attempt > 1 ? answer : throw new IOException("the answer was lost");
        }

        private static async Task<bool> Do(Task effect)
        {
            await effect;
            return true;
        }
    }
}

/// <summary>VoucherWorkflow, but the voucher is activated before it is issued.</summary>
[Workflow("VoucherWorkflow")]
public sealed class SwappedVoucherWorkflow
{
    [WorkflowRun]
    public async Task<IssuedVoucher> RunAsync(IssueVoucher voucher)
    {
        var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) };
        var issued = new IssuedVoucher(Guid.Empty, string.Empty);
        await Workflow.ExecuteActivityAsync((IVoucherActivities vouchers) => vouchers.ActivateVoucherAsync(issued), options);
        return await Workflow.ExecuteActivityAsync((IVoucherActivities vouchers) => vouchers.IssueVoucherAsync(voucher), options);
    }
}
