using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class LocalActivityConverterTests(WorkerHost host)
{
    [Fact]
    public async Task A_local_activity_that_has_no_converter_fails()
    {
        var options = (TemporalClientOptions)host.Client.Options.Clone();
        options.DataConverter = DataConverter.Default with { PayloadConverter = new NotForLocalActivities() };
        var client = new TemporalClient(host.Client.Connection, options);
        var queue = $"tq-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions(queue).AddWorkflow<OneLocal>().AddActivity(OneLocal.Nothing));
        await worker.ExecuteAsync(async () =>
        {
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(
                () => client.ExecuteWorkflowAsync((OneLocal wf) => wf.RunAsync(), WorkerHost.On(queue)));
            var cause = Assert.IsType<ApplicationFailureException>(e.InnerException);
            Assert.Equal("InvalidOperationException", cause.ErrorType);
            Assert.Contains("not for local activities", cause.Message, StringComparison.Ordinal);
        }).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }

    [Workflow]
    public class OneLocal
    {
        [Activity]
        public static string Nothing() => "";

        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.ExecuteLocalActivityAsync(
            () => Nothing(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { MaximumAttempts = 2 } });
    }

    private sealed class NotForLocalActivities : IPayloadConverter, IWithSerializationContext<IPayloadConverter>
    {
        private readonly IPayloadConverter inner = DataConverter.Default.PayloadConverter;

        public Payload ToPayload(object? value) => inner.ToPayload(value);

        public object? ToValue(Payload payload, Type type) => inner.ToValue(payload, type);

        public IPayloadConverter WithSerializationContext(ISerializationContext context) =>
            context is ISerializationContext.Activity { IsLocal: true } && !Workflow.InWorkflow
                ? throw new InvalidOperationException("not for local activities")
                : this;
    }
}
