using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Long.Tests.Engine;

/// <summary>Clients, workers and an operator who do anything at any time to one workflow, by a seed.</summary>
internal sealed class RandomPlay(EngineHost server, int seed)
{
    private const int Steps = 80;

    private readonly Random random = new(seed);
    private readonly List<string> runIds = [];
    private readonly List<PollActivityTaskQueueResponse> activities = [];
    private readonly List<string> accepted = [];
    private readonly List<Task> updates = [];
    private PollWorkflowTaskQueueResponse? held;
    private int ids;

    /// <summary>Plays.</summary>
    /// <returns>The runs that came of it.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync()
    {
        runIds.Add((await server.StartAsync("w")).RunId);
        for (var step = 0; step < Steps; step++)
        {
            await TolerateAsync(() => StepAsync());
            var current = (await server.DescribeAsync("w")).WorkflowExecutionInfo;
            if (!runIds.Contains(current.Execution.RunId))
            {
                runIds.Add(current.Execution.RunId);
            }

            if (current.Status != WorkflowExecutionStatus.Running)
            {
                runIds.Add((await server.StartAsync("w")).RunId);
            }
        }

        await Task.WhenAll(updates);
        return runIds;
    }

    // Stale tokens, closed runs, bad commands, resets to nowhere: refused, and without effect.
    private async Task TolerateAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RpcException error)
            when (error.StatusCode
                    is StatusCode.NotFound
                        or StatusCode.InvalidArgument
                        or StatusCode.ResourceExhausted
                        or StatusCode.FailedPrecondition
            )
        {
            // As it should be.
        }
    }

    private Task StepAsync() =>
        random.Next(12) switch
        {
            0 => server.SignalAsync("w"),
            1 or 2 => TakeTaskAsync(),
            3 or 4 when held is { } task => CompleteAsync(task),
            5 => TakeActivityAsync(),
            6 when activities.Count > 0 => AnswerActivityAsync(activities[random.Next(activities.Count)]),
            7 => Task.Run(() => server.Advance(TimeSpan.FromSeconds(random.Next(12)))),
            8 when held is { } task && random.Next(3) == 0 => FailAsync(task),
            9 => UpdateAsync(),
            10 when random.Next(4) == 0 => ResetAsync(),
            11 => OperateAsync(),
            _ => Task.CompletedTask,
        };

    private async Task TakeTaskAsync()
    {
        var task = await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(5));
        held = task.TaskToken.IsEmpty ? held : task;
    }

    private async Task TakeActivityAsync()
    {
        var activity = await server.PollActivityAsync(TimeSpan.FromMilliseconds(5));
        if (!activity.TaskToken.IsEmpty)
        {
            activities.Add(activity);
        }
    }

    private async Task CompleteAsync(PollWorkflowTaskQueueResponse task)
    {
        var commands = new List<Command>();
        var messages = new List<Message>();
        foreach (var update in task.Messages)
        {
            AnswerUpdate(update, commands, messages);
        }

        if (accepted.Count > 0 && random.Next(3) == 0)
        {
            var id = accepted[random.Next(accepted.Count)];
            messages.Add(Responds(id));
            commands.Add(Message($"{id}/complete"));
        }

        if (random.Next(3) > 0)
        {
            AddCommands(task, commands);
        }

        held = null;
        var reply = await server.CompleteAsync(
            task,
            request =>
            {
                request.ReturnNewWorkflowTask = random.Next(2) == 0;
                request.ForceCreateNewWorkflowTask = random.Next(8) == 0;
                request.Capabilities = new RespondWorkflowTaskCompletedRequest.Types.Capabilities
                {
                    DiscardSpeculativeWorkflowTaskWithEvents = random.Next(2) == 0,
                };
                request.Messages.Add(messages);
            },
            [.. commands]
        );
        held = reply.WorkflowTask;
    }

    private Task<RespondWorkflowTaskFailedResponse> FailAsync(PollWorkflowTaskQueueResponse task)
    {
        held = null;
        return server.CallAsync<RespondWorkflowTaskFailedResponse>(
            new RespondWorkflowTaskFailedRequest { Namespace = "default", TaskToken = task.TaskToken }
        );
    }

    // Accepts, accepts and completes, rejects, or does not answer.
    private void AnswerUpdate(Message update, List<Command> commands, List<Message> messages)
    {
        var id = update.ProtocolInstanceId;
        switch (random.Next(4))
        {
            case 0:
                messages.Add(Accepts(update));
                commands.Add(Message($"{id}/accept"));
                accepted.Add(id);
                break;
            case 1:
                messages.AddRange([Accepts(update), Responds(id)]);
                commands.AddRange([Message($"{id}/accept"), Message($"{id}/complete")]);
                break;
            case 2:
                messages.Add(Rejects(id));
                break;
            default:
                break;
        }
    }

    private void AddCommands(PollWorkflowTaskQueueResponse task, List<Command> commands)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            ids++;
            commands.Add(
                random.Next(10) switch
                {
                    < 4 => Activity($"{ids}"),
                    < 7 => Timer($"{ids}", random.Next(1, 10)),
                    7 => CancelTimer($"{random.Next(ids + 1)}"),
                    8 => CancelActivity(random.Next((int)task.StartedEventId + 2)),
                    _ => Marker(),
                }
            );
        }

        if (random.Next(6) == 0)
        {
            commands.Add(random.Next(2) == 0 ? Complete() : ContinueAsNew());
        }
    }

    private Task AnswerActivityAsync(PollActivityTaskQueueResponse task) =>
        random.Next(3) switch
        {
            0 => server.CallAsync<RespondActivityTaskCompletedResponse>(
                new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
            ),
            1 => server.CallAsync<RecordActivityTaskHeartbeatResponse>(
                new RecordActivityTaskHeartbeatRequest { Namespace = "default", TaskToken = task.TaskToken }
            ),
            _ => server.CallAsync<RespondActivityTaskFailedResponse>(
                new RespondActivityTaskFailedRequest
                {
                    Namespace = "default",
                    TaskToken = task.TaskToken,
                    Failure = Failed("x", nonRetryable: random.Next(2) == 0),
                }
            ),
        };

    // Sent and not waited for: the worker's answer comes in later steps, if ever.
    private Task UpdateAsync()
    {
        var update = server.CallAsync<UpdateWorkflowExecutionResponse>(Update($"u{++ids}", Stage.Accepted), TimeSpan.FromMilliseconds(100));
        updates.Add(TolerateAsync(() => update));
        return Task.CompletedTask;
    }

    private Task<ResetWorkflowExecutionResponse> ResetAsync() =>
        server.CallAsync<ResetWorkflowExecutionResponse>(
            new ResetWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w", RunId = runIds[random.Next(runIds.Count)] },
                WorkflowTaskFinishEventId = random.Next(2, 20),
                RequestId = $"reset {++ids}",
            }
        );

    private Task OperateAsync()
    {
        var execution = new WorkflowExecution { WorkflowId = "w" };
        var id = $"{random.Next(ids + 1)}";
        return random.Next(3) switch
        {
            0 => server.CallAsync<PauseActivityResponse>(
                new PauseActivityRequest
                {
                    Namespace = "default",
                    Execution = execution,
                    Id = id,
                }
            ),
            1 => server.CallAsync<UnpauseActivityResponse>(
                new UnpauseActivityRequest
                {
                    Namespace = "default",
                    Execution = execution,
                    Id = id,
                }
            ),
            _ => server.CallAsync<ResetActivityResponse>(
                new ResetActivityRequest
                {
                    Namespace = "default",
                    Execution = execution,
                    Id = id,
                }
            ),
        };
    }
}
