using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>A timer: started, then fired or canceled.</summary>
internal sealed class TimerMachine : CommandMachine
{
    private readonly uint seq;
    private readonly string id;
    private State state = State.StartIssued;

    internal TimerMachine(IMachineHost host, WorkflowIntent.StartTimer intent)
        : base(host)
    {
        seq = intent.Seq;
        id = seq.ToString(CultureInfo.InvariantCulture);
        host.Issue(this, new()
        {
            CommandType = CommandType.StartTimer,
            StartTimerCommandAttributes = new()
            {
                TimerId = id,
                StartToFireTimeout = Duration.FromTimeSpan(intent.Delay),
            },
            UserMetadata = intent.Metadata,
        });
    }

    private enum State
    {
        StartIssued,
        Started,
        CancelIssued,
        Withdrawn,
        Ended,
    }

    internal override bool IsWithdrawn => state == State.Withdrawn;

    internal override string DescribeCommand() =>
        state is State.StartIssued or State.Withdrawn ? $"StartTimer (timer {id})" : $"CancelTimer (timer {id})";

    internal void Cancel()
    {
        if (state == State.StartIssued)
        {
            state = State.Withdrawn;
        }
        else if (state == State.Started)
        {
            state = State.CancelIssued;
            Host.Issue(this, new()
            {
                CommandType = CommandType.CancelTimer,
                CancelTimerCommandAttributes = new() { TimerId = id },
            });
        }
    }

    internal override void OnCommandEvent(HistoryEvent e) =>
        state = (state, e.EventType) switch
        {
            (State.StartIssued, EventType.TimerStarted) => State.Started,
            (State.CancelIssued, EventType.TimerCanceled) => State.Ended,
            _ => throw Nondeterminism.Mismatch(DescribeCommand(), e),
        };

    internal override void OnEvent(HistoryEvent e)
    {
        if (state != State.Started || e.TimerFiredEventAttributes is not { } fired)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
        if (fired.TimerId != id)
        {
            throw Nondeterminism.Detail($"StartTimer (timer {id})", e, $"the timer's id is {fired.TimerId}, not {id}");
        }
        state = State.Ended;
        Host.Resolve(new ActivationJob.FireTimer(seq));
    }
}
