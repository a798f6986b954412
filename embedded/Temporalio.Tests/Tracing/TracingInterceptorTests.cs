using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Extensions.OpenTelemetry;
using Temporalio.Tests.Worker;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Tracing;

public sealed class TracingInterceptorTests(WorkerHost host)
{
    private static readonly ActivitySource Own = new("Temporalio.Tests.Own");

    [Fact]
    public async Task A_trace_goes_from_the_client_through_workflow_child_and_activity()
    {
        using var recorder = new SpanRecorder();
        var id = await RunAsync<Parent, string>(async (client, options) =>
        {
            Baggage.SetBaggage("customer", "7");
            await client.ExecuteWorkflowAsync((Parent workflow) => workflow.RunAsync(), options);
            return options.Id!;
        }, options => options.AddWorkflow<Child>().AddActivity(Deeds.Greet));

        var chain = new[]
        {
            "StartWorkflow:Parent", "RunWorkflow:Parent", "StartChildWorkflow:Child", "RunWorkflow:Child", "StartActivity:Greet",
            "RunActivity:Greet",
        };
        for (var i = 1; i < chain.Length; i++)
        {
            Assert.Equal((chain[i], recorder[chain[i - 1]].SpanId), (chain[i], recorder[chain[i]].ParentSpanId));
        }

        Assert.Equal(recorder["RunWorkflow:Child"].SpanId, recorder["CompleteWorkflow:Child"].ParentSpanId);
        Assert.Equal(
            [.. chain, "CompleteWorkflow:Child", "CompleteWorkflow:Parent"],
            recorder.Spans.OrderBy(each => each.DisplayName.StartsWith("Complete", StringComparison.Ordinal)).ThenBy(each => Array.IndexOf(chain, each.DisplayName))
                .ThenBy(each => each.DisplayName, StringComparer.Ordinal).Select(each => each.DisplayName));
        Assert.Single(recorder.Spans.Select(each => each.TraceId).Distinct());
        Assert.Equal((ActivityKind.Client, ActivityKind.Server), (recorder["StartWorkflow:Parent"].Kind, recorder["RunActivity:Greet"].Kind));
        Assert.Equal(id, SpanRecorder.Tag(recorder["StartWorkflow:Parent"], "temporalWorkflowID"));
        Assert.Null(SpanRecorder.Tag(recorder["StartWorkflow:Parent"], "temporalRunID"));
        Assert.Equal(id, SpanRecorder.Tag(recorder["RunWorkflow:Parent"], "temporalWorkflowID"));
        Assert.NotNull(SpanRecorder.Tag(recorder["RunWorkflow:Parent"], "temporalRunID"));
        Assert.Equal("1", SpanRecorder.Tag(recorder["RunActivity:Greet"], "temporalActivityID"));
        Assert.Equal("7", recorder["RunActivity:Greet"].GetTagItem("baggage"));
    }

    [Fact]
    public async Task The_trace_is_in_the_header_as_other_sdks_write_it()
    {
        using var recorder = new SpanRecorder();
        var header = await RunAsync<Parent, KeyValuePair<string, Payload>>(async (client, options) =>
        {
            var handle = await client.StartWorkflowAsync((Parent workflow) => workflow.RunAsync(), options);
            var started = (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
            await handle.TerminateAsync();
            return started.Header.Fields.Single();
        });

        var span = recorder["StartWorkflow:Parent"];
        Assert.Equal("_tracer-data", header.Key);
        Assert.Equal("json/plain", header.Value.Metadata["encoding"].ToStringUtf8());
        Assert.Equal($$"""{"traceparent":"00-{{span.TraceId}}-{{span.SpanId}}-01"}""", header.Value.Data.ToStringUtf8());
    }

    [Fact]
    public async Task Handlers_are_under_the_start_and_linked_to_their_callers()
    {
        using var recorder = new SpanRecorder();
        await RunAsync<Desk, int>(async (client, options) =>
        {
            options.SignalWithStart((Desk desk) => desk.NoteAsync("first"));
            var handle = await client.StartWorkflowAsync((Desk desk) => desk.RunAsync(), options);
            Assert.Equal(1, await handle.QueryAsync(desk => desk.Count()));
            await handle.ExecuteUpdateAsync(desk => desk.CloseAsync(true), new() { Id = "closing" });
            await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(desk => desk.CloseAsync(false)));
            await handle.SignalAsync(desk => desk.EndAsync());
            await handle.GetResultAsync();
            return 0;
        });

        var start = recorder["SignalWithStartWorkflow:Desk"];
        foreach (var (name, caller) in new[]
        {
            ("HandleSignal:Note", "SignalWithStartWorkflow:Desk"), ("HandleQuery:Count", "QueryWorkflow:Count"), ("HandleSignal:End", "SignalWorkflow:End"),
        })
        {
            Assert.Equal((name, start.SpanId), (name, recorder[name].ParentSpanId));
            Assert.Equal((name, recorder[caller].SpanId), (name, recorder[name].Links.Single().Context.SpanId));
        }

        var update = Assert.Single(recorder.Spans, each => SpanRecorder.Tag(each, "temporalUpdateID") == "closing");
        Assert.Equal("UpdateWorkflow:Close", update.DisplayName);
        Assert.Equal(
            2, recorder.Spans.Count(each => each.DisplayName is "ValidateUpdate:Close" or "HandleUpdate:Close" && each.Links.Single().Context.SpanId == update.SpanId));
        Assert.Equal(ActivityStatusCode.Error, recorder.Spans.Last(each => each.DisplayName == "ValidateUpdate:Close").Status);
    }

    [Fact]
    public async Task An_error_is_recorded_where_it_happens_and_where_it_ends_the_workflow()
    {
        using var recorder = new SpanRecorder();
        await RunAsync<Failing, WorkflowFailedException>(
            (client, options) => Assert.ThrowsAsync<WorkflowFailedException>(() => client.ExecuteWorkflowAsync((Failing workflow) => workflow.RunAsync(), options)),
            options => options.AddActivity(Deeds.Break).AddActivity(Deeds.BreakBenignly));

        Assert.Equal((ActivityStatusCode.Error, "broken"), (recorder["RunActivity:Break"].Status, recorder["RunActivity:Break"].StatusDescription));
        Assert.Equal("exception", recorder["RunActivity:Break"].Events.Single().Name);
        Assert.Equal(ActivityStatusCode.Unset, recorder["RunActivity:BreakBenignly"].Status);
        Assert.Equal("exception", recorder["RunActivity:BreakBenignly"].Events.Single().Name);
        Assert.Equal(ActivityStatusCode.Error, recorder["CompleteWorkflow:Failing"].Status);
    }

    [Fact]
    public async Task Replay_starts_no_span_again_and_keeps_parents_and_tags()
    {
        using var recorder = new SpanRecorder(Own.Name);
        await RunAsync<Spanning, int>(async (client, options) =>
        {
            await client.ExecuteWorkflowAsync((Spanning workflow) => workflow.RunAsync(), options);
            return 0;
        }, options =>
        {
            options.MaxCachedWorkflows = 0;
            options.AddActivity(Deeds.Greet);
        });

        Assert.Equal(
            ["CompleteWorkflow:Spanning", "RunActivity:Greet", "RunActivity:Greet", "RunWorkflow:Spanning", "StartActivity:Greet", "StartActivity:Greet", "StartWorkflow:Spanning", "first", "second"],
            recorder.Spans.Select(each => each.DisplayName).Order(StringComparer.Ordinal));
        Assert.Equal("updated", SpanRecorder.Tag(recorder["first"], "note"));

        // In replay the first span is not there, so its children are under what it was under.
        Assert.Equal(recorder["StartWorkflow:Spanning"].TraceId, recorder["second"].TraceId);
        Assert.Equal("blue", SpanRecorder.Tag(recorder["second"], "seen"));
    }

    [Fact]
    public void Spans_of_workflows_are_for_workflows()
    {
        Assert.Throws<InvalidOperationException>(() => Own.TrackWorkflowDiagnosticActivity("outside"));
        Assert.Throws<InvalidOperationException>(() => WorkflowDiagnosticActivity.AttachFromContext(default));
    }

    private async Task<T> RunAsync<TWorkflow, T>(
        Func<ITemporalClient, WorkflowOptions, Task<T>> story, Action<TemporalWorkerOptions>? configure = null)
    {
        var clientOptions = (TemporalClientOptions)host.Client.Options.Clone();
        clientOptions.Interceptors =
        [
            new TracingInterceptor(new()
            {
                Propagator = new CompositeTextMapPropagator([new TraceContextPropagator(), new BaggagePropagator()]),
            }),
        ];
        var client = new TemporalClient(host.Client.Connection, clientOptions);
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<TWorkflow>();
        configure?.Invoke(options);
        using var worker = new TemporalWorker(client, options);
        return await worker.ExecuteAsync(() => story(client, WorkerHost.On(options.TaskQueue!)));
    }

    public static class Deeds
    {
        [Activity]
        public static string Greet()
        {
            Activity.Current!.SetTag("baggage", Baggage.GetBaggage("customer"));
            return "hello";
        }

        [Activity]
        public static void Break() => throw new ApplicationFailureException("broken", nonRetryable: true);

        [Activity]
        public static void BreakBenignly() =>
            throw new ApplicationFailureException("expected", nonRetryable: true, category: ApplicationErrorCategory.Benign);
    }

    [Workflow]
    public class Parent
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteChildWorkflowAsync((Child child) => child.RunAsync());
    }

    [Workflow]
    public class Child
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(() => Deeds.Greet(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
    }

    [Workflow]
    public class Failing
    {
        private static readonly ActivityOptions Minute = new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) };

        [WorkflowRun]
        public async Task RunAsync()
        {
            await Assert.ThrowsAsync<ActivityFailureException>(() => Workflow.ExecuteActivityAsync(() => Deeds.BreakBenignly(), Minute));
            await Workflow.ExecuteActivityAsync(() => Deeds.Break(), Minute);
        }
    }

    [Workflow]
    public class Desk
    {
        private int notes;
        private bool ended;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => ended);

        [WorkflowSignal]
        public Task NoteAsync(string note)
        {
            notes++;
            return Task.CompletedTask;
        }

        [WorkflowSignal]
        public Task EndAsync()
        {
            ended = true;
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public int Count() => notes;

        [WorkflowUpdate]
        public Task CloseAsync(bool allowed) => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(CloseAsync))]
        public void ValidateClose(bool allowed)
        {
            if (!allowed)
            {
                throw new ApplicationFailureException("not allowed");
            }
        }
    }

    [Workflow]
    public class Spanning
    {
        private static readonly ActivityOptions Minute = new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) };

        [WorkflowRun]
        public async Task RunAsync()
        {
            using var first = Own.TrackWorkflowDiagnosticActivity(
                "first", tags: [new("color", "blue")], updateActivity: activity => activity.SetTag("note", "updated"));
            await Workflow.ExecuteActivityAsync(() => Deeds.Greet(), Minute);
            await Workflow.ExecuteActivityAsync(() => Deeds.Greet(), Minute);
            var seen = WorkflowDiagnosticActivity.Current!.Tags!.Last(each => each.Key == "color").Value;
            Own.TrackWorkflowDiagnosticActivity("second", tags: [new("seen", seen)]).Dispose();
        }
    }
}
