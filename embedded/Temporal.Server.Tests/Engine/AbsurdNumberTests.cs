using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>Numbers that protobuf lets through and nothing can be done with.</summary>
public sealed class AbsurdNumberTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_retry_policy_whose_intervals_are_no_numbers_is_refused(double coefficient)
    {
        await using var host = await EngineHost.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            host.StartAsync("w", request => request.RetryPolicy = new RetryPolicy { BackoffCoefficient = coefficient })
        );

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    public async Task A_worker_cannot_stop_a_queue_with_a_limit_that_is_no_number(double perSecond)
    {
        await using var host = await EngineHost.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            host.CallAsync<PollActivityTaskQueueResponse>(
                new PollActivityTaskQueueRequest
                {
                    Namespace = "default",
                    TaskQueue = EngineHost.Queue("tq"),
                    TaskQueueMetadata = new TaskQueueMetadata { MaxTasksPerSecond = perSecond },
                }
            )
        );

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task A_namespace_keeps_closed_runs_for_no_negative_time_and_may_keep_them_for_ever()
    {
        await using var host = await EngineHost.StartAsync();

        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => KeepAsync(host, -1))).StatusCode);
        Assert.Equal(300_000_000_000, (await KeepAsync(host, 300_000_000_000)).Config.WorkflowExecutionRetentionTtl.Seconds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10)]
    public async Task A_search_attribute_of_a_type_that_there_is_not_is_refused(int type)
    {
        await using var host = await EngineHost.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            host.CallAsync<AddSearchAttributesResponse>(
                new AddSearchAttributesRequest { Namespace = "default", SearchAttributes = { ["Size"] = (IndexedValueType)type } }
            )
        );

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.DoesNotContain(
            "Size",
            (await host.CallAsync<ListSearchAttributesResponse>(new ListSearchAttributesRequest { Namespace = "default" }))
                .CustomAttributes
                .Keys
        );
    }

    private static Task<UpdateNamespaceResponse> KeepAsync(EngineHost host, long seconds) =>
        host.CallAsync<UpdateNamespaceResponse>(
            new UpdateNamespaceRequest
            {
                Namespace = "default",
                Config = new NamespaceConfig { WorkflowExecutionRetentionTtl = new Duration { Seconds = seconds } },
            }
        );
}
