using Temporalio.Api.Sdk.V1;
using Temporalio.Converters;
using Temporalio.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>Answers queries.</summary>
internal sealed class QueryDispatcher
{
    private const string StackTraceQuery = "__stack_trace";
    private const string MetadataQuery = "__temporal_workflow_metadata";

    private readonly WorkflowInstance workflow;
    private HandlerTable<WorkflowQueryDefinition>? handlers;
    private WorkflowQueryDefinition? dynamic;

    internal QueryDispatcher(WorkflowInstance workflow)
    {
        this.workflow = workflow;
        dynamic = workflow.Definition.DynamicQuery;
    }

    internal HandlerTable<WorkflowQueryDefinition> Handlers => handlers ??= new(
        workflow.Definition.Queries, () => workflow.AssertNotReadOnly("modify workflow handlers"), OnSet);

    internal WorkflowQueryDefinition? Dynamic
    {
        get => dynamic;
        set
        {
            workflow.AssertNotReadOnly("modify workflow handlers");
            dynamic = value is { Dynamic: false }
                ? throw new ArgumentException("Query is not dynamic", nameof(value))
                : value;
        }
    }

    internal void Deliver(ActivationJob.Query query) => _ = workflow.Queue(() =>
    {
        // The constructor may register handlers.
        _ = workflow.Instance;
        var before = workflow.IntentCount;
        WorkflowIntent.AnswerQuery answer;
        try
        {
            var result = workflow.ReadOnly(() => Answer(query));
            answer = new(query.Id, workflow.PayloadConverter.ToPayload(result), null);
        }
        catch (Exception e)
        {
            answer = new(query.Id, null, workflow.ToFailure(e));
        }
        if (workflow.IntentCount != before)
        {
            workflow.Scheduler.Fail(new InvalidOperationException(
                $"Query handler for {query.Type} created workflow commands"));
        }
        workflow.Add(answer);
        return Task.CompletedTask;
    });

    private object? Answer(ActivationJob.Query query)
    {
        switch (query.Type)
        {
            // These two are for tools, which know nothing of the user's converter.
            case StackTraceQuery:
                return new RawValue(DataConverter.Default.PayloadConverter.ToPayload(workflow.DescribeStackTraces()));
            case MetadataQuery:
                return new RawValue(DataConverter.Default.PayloadConverter.ToPayload(Metadata()));
        }
        var definition = Find(query.Type) ?? throw new InvalidOperationException(
            $"Query handler for {query.Type} expected but not found, known queries: " +
            $"[{string.Join(' ', KnownNames().Order(StringComparer.OrdinalIgnoreCase))}]");
        return workflow.Inbound.HandleQuery(new(
            query.Id,
            query.Type,
            definition,
            HandlerArguments.Decode(
                workflow.PayloadConverter,
                definition.Method ?? definition.Delegate!.Method,
                query.Arguments,
                $"Query {query.Type}",
                definition.Dynamic,
                query.Type),
            query.Headers));
    }

    private WorkflowQueryDefinition? Find(string name)
    {
        var found = handlers?.TryGetValue(name, out var own) ?? workflow.Definition.Queries.TryGetValue(name, out own);
        if (found)
        {
            return own;
        }
        return name.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal) ? null : dynamic;
    }

    private IEnumerable<string> KnownNames() => handlers?.Keys ?? workflow.Definition.Queries.Keys;

    private WorkflowMetadata Metadata()
    {
        var definition = new Api.Sdk.V1.WorkflowDefinition { Type = workflow.Info.WorkflowType };
        definition.QueryDefinitions.AddRange(Interactions(
            workflow.Queries.Values.Select(q => (q.Name, q.Description)), dynamic != null, dynamic?.Description));
        definition.SignalDefinitions.AddRange(Interactions(
            workflow.Signals.Values.Select(s => (s.Name, s.Description)),
            workflow.DynamicSignal != null,
            workflow.DynamicSignal?.Description));
        definition.UpdateDefinitions.AddRange(Interactions(
            workflow.Updates.Values.Select(u => (u.Name, u.Description)),
            workflow.DynamicUpdate != null,
            workflow.DynamicUpdate?.Description));
        return new() { Definition = definition, CurrentDetails = workflow.CurrentDetails };
    }

    private static IEnumerable<WorkflowInteractionDefinition> Interactions(
        IEnumerable<(string? Name, string? Description)> named, bool hasDynamic, string? dynamicDescription)
    {
        var all = named.OrderBy(handler => handler.Name, StringComparer.Ordinal)
            .Select(handler => new WorkflowInteractionDefinition
            {
                Name = handler.Name ?? string.Empty,
                Description = handler.Description ?? string.Empty,
            });
        return hasDynamic
            ? all.Prepend(new WorkflowInteractionDefinition { Description = dynamicDescription ?? string.Empty })
            : all;
    }

    private static void OnSet(string name, WorkflowQueryDefinition definition)
    {
        if (definition.Dynamic)
        {
            throw new ArgumentException("Cannot set dynamic query with other queries");
        }
        if (name != definition.Name)
        {
            throw new ArgumentException($"Query name {name} doesn't match definition name {definition.Name}");
        }
    }
}
