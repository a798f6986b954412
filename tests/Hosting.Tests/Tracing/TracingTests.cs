using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Hosting.Tracing;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Activities;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tests.Tracing;

public sealed class TracingTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_are_made_and_travel_only_where_somebody_listens()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        using var host = Build(environment.Client.Connection.Options.TargetHost!);
        var client = host.Services.GetRequiredService<ITemporalClient>();
        await client.Connection.ConnectAsync();

        using (var caller = new Activity("caller").Start())
        {
            var untraced = await RunAsync(client);

            Assert.DoesNotContain(untraced, fields => fields?.Count > 0);
        }

        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source == TracingInterceptor.ClientSource
                || source == TracingInterceptor.WorkflowsSource
                || source == TracingInterceptor.ActivitiesSource,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        var traced = await RunAsync(client);

        Assert.All(traced, fields => Assert.True(fields?.ContainsKey("_tracer-data")));
        Assert.Equal(
            ["StartWorkflow:Baking", "RunWorkflow:Baking", "StartActivity:Bake", "RunActivity:Bake", "CompleteWorkflow:Baking"],
            spans.OrderBy(span => span.StartTimeUtc).Select(span => span.OperationName)
        );
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
    }

    // The headers of the start and of the activity in the history.
    private static async Task<List<IDictionary<string, Temporalio.Api.Common.V1.Payload>?>> RunAsync(ITemporalClient client)
    {
        var options = new TemporalWorkerOptions($"queue-{Guid.NewGuid()}").AddWorkflow<Baking>().AddActivity(Baking.Bake);
        using var worker = new TemporalWorker(client, options);
        return await worker.ExecuteAsync(
            async () =>
            {
                var handle = await client.StartWorkflowAsync(
                    (Baking workflow) => workflow.RunAsync(),
                    new WorkflowOptions($"baking-{Guid.NewGuid()}", options.TaskQueue!)
                );
                await handle.GetResultAsync();
                var headers = new List<IDictionary<string, Temporalio.Api.Common.V1.Payload>?>();
                await foreach (var happened in handle.FetchHistoryEventsAsync())
                {
                    if (happened.AttributesCase is HistoryEvent.AttributesOneofCase.WorkflowExecutionStartedEventAttributes)
                    {
                        headers.Add(happened.WorkflowExecutionStartedEventAttributes.Header?.Fields);
                    }
                    else if (happened.AttributesCase is HistoryEvent.AttributesOneofCase.ActivityTaskScheduledEventAttributes)
                    {
                        headers.Add(happened.ActivityTaskScheduledEventAttributes.Header?.Fields);
                    }
                }

                Assert.Equal(2, headers.Count);
                return headers;
            },
            Now
        );
    }

    private static IHost Build(string address)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Temporal:Address", address)]);
        builder.AddTemporal();
        return builder.Build();
    }
}

/// <summary>A workflow of one activity.</summary>
[Workflow]
public sealed class Baking
{
    [Activity]
    public static string Bake() => "bread";

    [WorkflowRun]
    public Task<string> RunAsync() =>
        Workflow.ExecuteActivityAsync(() => Bake(), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
}
