using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Tests.Worker;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Converters;

public sealed class TransferTypeTests(WorkerHost host)
{
    [Fact]
    public async Task Values_travel_as_what_their_type_says_through_clients_workers_and_replays() =>
        await host.RunAsync<Doubling>(async taskQueue =>
        {
            var handle = await host.Client.StartWorkflowAsync(
                (Doubling workflow) => workflow.RunAsync(new(21)), WorkerHost.On(taskQueue));

            Assert.Equal(42, (await handle.GetResultAsync()).Cents);
            var started = (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
            Assert.Equal("\"21 cents\"", started.Input.Payloads_.Single().Data.ToStringUtf8());
            await WorkerHost.AssertReplaysAsync<Doubling>(handle);
        });

    [Fact]
    public void A_converter_that_cannot_be_made_is_named()
    {
        var converter = new TemporalClient(host.Client.Connection, new()).Options.DataConverter.PayloadConverter;

        foreach (var value in new object[] { new NoConverter(), new Abstract(), new Open(), new Unmakeable(), new Nowhere() })
        {
            Assert.Contains(
                value.GetType().Name, Assert.Throws<InvalidOperationException>(() => converter.ToPayload(value)).Message, StringComparison.Ordinal);
        }
    }

    [Workflow]
    public class Doubling
    {
        [WorkflowRun]
        public Task<Money> RunAsync(Money money) => Task.FromResult(new Money(2 * money.Cents));
    }

    [TemporalTransferTypeConverter(typeof(AsText))]
    public sealed class Money(int cents)
    {
        public int Cents { get; } = cents;
    }

    private sealed class AsText : ITemporalTransferTypeConverter
    {
        public Type TransferType => typeof(string);

        public object? ToTransferType(object? value) => $"{((Money)value!).Cents} cents";

        public object? FromTransferType(object? transferType) =>
            new Money(int.Parse(((string)transferType!).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private abstract class AbstractConverter : ITemporalTransferTypeConverter
    {
        public Type TransferType => typeof(string);

        public object? ToTransferType(object? value) => value;

        public object? FromTransferType(object? transferType) => transferType;
    }

    private sealed class OpenConverter<T> : AbstractConverter;

    private sealed class UnmakeableConverter(int with) : AbstractConverter
    {
        public int With { get; } = with;
    }

    private sealed class NowhereConverter : ITemporalTransferTypeConverter
    {
        public Type TransferType => null!;

        public object? ToTransferType(object? value) => value;

        public object? FromTransferType(object? transferType) => transferType;
    }

    [TemporalTransferTypeConverter(typeof(string))]
    private sealed class NoConverter;

    [TemporalTransferTypeConverter(typeof(AbstractConverter))]
    private sealed class Abstract;

    [TemporalTransferTypeConverter(typeof(OpenConverter<>))]
    private sealed class Open;

    [TemporalTransferTypeConverter(typeof(UnmakeableConverter))]
    private sealed class Unmakeable;

    [TemporalTransferTypeConverter(typeof(NowhereConverter))]
    private sealed class Nowhere;
}
