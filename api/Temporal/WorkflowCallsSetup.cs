namespace TemporalDelivery.Api.Temporal;

/// <summary>Registers messages to workflows.</summary>
internal static class WorkflowCallsSetup
{
    public static void AddWorkflowCalls(this WebApplicationBuilder builder) => builder.Services.AddSingleton<WorkflowCalls>();
}
