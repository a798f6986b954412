using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A workflow run in full.</summary>
public class WorkflowExecutionDescription : WorkflowExecution
{
    private readonly Lazy<Task<(string? Summary, string? Details)>> userMetadata;

    /// <summary>From the wire.</summary>
    protected internal WorkflowExecutionDescription(
        DescribeWorkflowExecutionResponse rawDescription, DataConverter dataConverter)
        : base(rawDescription.WorkflowExecutionInfo, dataConverter, null)
    {
        RawDescription = rawDescription;
        userMetadata = new(() => dataConverter.FromUserMetadataAsync(rawDescription.ExecutionConfig?.UserMetadata));
    }

    internal DescribeWorkflowExecutionResponse RawDescription { get; private init; }

    /// <summary>One line of Markdown for user interfaces, if any.</summary>
    public async Task<string?> GetStaticSummaryAsync() => (await userMetadata.Value.ConfigureAwait(false)).Summary;

    /// <summary>Markdown for user interfaces, if any.</summary>
    public async Task<string?> GetStaticDetailsAsync() => (await userMetadata.Value.ConfigureAwait(false)).Details;
}
