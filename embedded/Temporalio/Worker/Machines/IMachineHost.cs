using Temporalio.Api.Command.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>What a machine may do with the rest of the run.</summary>
internal interface IMachineHost
{
    /// <summary>Gets a value indicating whether events are being replayed.</summary>
    bool IsReplaying { get; }

    /// <summary>Gets the flags that the history was recorded with.</summary>
    SdkFlags Flags { get; }

    /// <summary>Gets the run id.</summary>
    string RunId { get; }

    /// <summary>Tells the workflow something in its next turn.</summary>
    void Resolve(ActivationJob job);

    /// <summary>Appends a command to those of the current task.</summary>
    void Issue(CommandMachine machine, Command command);

    /// <summary>Sends a protocol message with the current task's completion; not while replaying.</summary>
    void Send(Message message);

    /// <summary>Moves the workflow's time, forward only.</summary>
    void AdvanceTime(DateTime utc);
}
