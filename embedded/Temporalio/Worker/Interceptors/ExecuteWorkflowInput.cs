using System.Reflection;

namespace Temporalio.Worker.Interceptors;

/// <summary>A workflow to run.</summary>
/// <param name="Instance">Workflow object.</param>
/// <param name="RunMethod">Its entry.</param>
/// <param name="Args">Arguments.</param>
public record ExecuteWorkflowInput(
    object Instance,
    MethodInfo RunMethod,
    object?[] Args);
