using Google.Protobuf;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class PayloadCodecTests(WorkerHost host)
{
    [Fact]
    public async Task With_a_codec_nothing_that_is_stored_is_readable_and_everything_works()
    {
        var converter = DataConverter.Default with
        {
            PayloadCodec = new Scrambler(),
            FailureConverter = new DefaultFailureConverter.WithEncodedCommonAttributes(),
        };
        var options = (TemporalClientOptions)host.Client.Options.Clone();
        options.DataConverter = converter;
        var client = new TemporalClient(host.Client.Connection, options);
        var queue = $"tq-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(
            client, new TemporalWorkerOptions(queue).AddWorkflow<Secrets>().AddWorkflow<SecretChild>().AddActivity(Secrets.Reveal));
        await worker.ExecuteAsync(async () =>
        {
            var handle = await client.StartWorkflowAsync((Secrets wf) => wf.RunAsync("secret"), WorkerHost.On(queue));
            Assert.Equal("secret-updated", await handle.ExecuteUpdateAsync(wf => wf.ChangeAsync("-updated")));
            var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(
                () => handle.ExecuteUpdateAsync(wf => wf.ChangeAsync("secret refusal")));
            Assert.Equal("secret refusal", refused.InnerException!.Message);
            Assert.Equal("secret-updated", await handle.QueryAsync(wf => wf.Value()));
            await handle.SignalAsync(wf => wf.FinishAsync("-secretly signaled"));
            Assert.Equal("secret secret secret secret-secretly signaled secret failure", await handle.GetResultAsync());
            var history = await handle.FetchHistoryAsync();
            Assert.DoesNotContain("secret", history.ToJson(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(
                Convert.ToBase64String("secret"u8)[..6], history.ToJson(), StringComparison.Ordinal);
            await new WorkflowReplayer(new WorkflowReplayerOptions { DataConverter = converter }.AddWorkflow<Secrets>())
                .ReplayWorkflowAsync(history);
        });
    }

    [Workflow("Hidden")]
    public class Secrets
    {
        private string value = string.Empty;
        private string? finish;

        [Activity("Reveal")]
        public static string Reveal(string what) => what == "fail"
            ? throw new ApplicationFailureException("secret failure", nonRetryable: true)
            : what;

        [WorkflowRun]
        public async Task<string> RunAsync(string secret)
        {
            value = secret;
            var remote = await Workflow.ExecuteActivityAsync(
                () => Reveal(secret), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1), Summary = "secret summary" });
            var local = await Workflow.ExecuteLocalActivityAsync(
                () => Reveal(secret), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            var child = await Workflow.ExecuteChildWorkflowAsync((SecretChild wf) => wf.RunAsync(secret));
            Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "secret memo"));
            await Workflow.WaitConditionAsync(() => finish != null);
            try
            {
                await Workflow.ExecuteActivityAsync(
                    () => Reveal("fail"), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
                return "no failure";
            }
            catch (ActivityFailureException e)
            {
                return $"{remote} {local} {child} secret{finish} {e.InnerException!.Message}";
            }
        }

        [WorkflowUpdate("Change")]
        public Task<string> ChangeAsync(string suffix)
        {
            value += suffix;
            return Task.FromResult(value);
        }

        [WorkflowUpdateValidator(nameof(ChangeAsync))]
        public void ValidateChange(string suffix)
        {
            if (suffix == "secret refusal")
            {
                throw new ApplicationFailureException(suffix);
            }
        }

        [WorkflowQuery("Value")]
        public string Value() => value;

        [WorkflowSignal("Finish")]
        public Task FinishAsync(string how)
        {
            finish = how;
            return Task.CompletedTask;
        }
    }

    [Workflow("HiddenChild")]
    public class SecretChild
    {
        [WorkflowRun]
        public Task<string> RunAsync(string secret) => Task.FromResult(secret);
    }

    private sealed class Scrambler : IPayloadCodec
    {
        public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) =>
            Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(p => new Payload
            {
                Metadata = { ["encoding"] = ByteString.CopyFromUtf8("test/scrambled") },
                Data = Flip(p.ToByteString()),
            })]);

        public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) =>
            Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(p =>
                p.Metadata["encoding"].ToStringUtf8() == "test/scrambled"
                    ? Payload.Parser.ParseFrom(Flip(p.Data))
                    : throw new InvalidOperationException("not scrambled"))]);

        private static ByteString Flip(ByteString data) => ByteString.CopyFrom([.. data.Select(b => (byte)~b)]);
    }
}
