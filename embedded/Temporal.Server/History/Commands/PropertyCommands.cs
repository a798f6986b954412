using Temporal.Server.History.State;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>UPSERT_WORKFLOW_SEARCH_ATTRIBUTES and MODIFY_WORKFLOW_PROPERTIES.</summary>
internal static class PropertyCommands
{
    /// <summary>Merges search attributes; an empty value removes one.</summary>
    public static void UpsertSearchAttributes(CommandScope scope, Command command)
    {
        var attributes = command.UpsertWorkflowSearchAttributesCommandAttributes.SearchAttributes;
        if (attributes is null || attributes.IndexedFields.Count == 0)
        {
            throw new BadCommandException(WorkflowTaskFailedCause.BadSearchAttributes, "The command has no search attributes.");
        }

        try
        {
            var upsert = SearchAttributeRules.Check(scope.Namespace, attributes);
            SearchAttributeSizes.CheckCommand(
                SearchAttributeMerge.Of(scope.State.SearchAttributes, upsert),
                WorkflowTaskFailedCause.BadSearchAttributes
            );
            scope.Add(
                command,
                new HistoryEvent
                {
                    UpsertWorkflowSearchAttributesEventAttributes = new UpsertWorkflowSearchAttributesEventAttributes
                    {
                        SearchAttributes = upsert,
                        WorkflowTaskCompletedEventId = scope.CompletedEventId,
                    },
                }
            );
        }
        catch (RpcException error)
        {
            throw new BadCommandException(WorkflowTaskFailedCause.BadSearchAttributes, error.Message);
        }
    }

    /// <summary>Merges the memo; an empty value removes one.</summary>
    public static void ModifyMemo(CommandScope scope, Command command)
    {
        var memo = command.ModifyWorkflowPropertiesCommandAttributes.UpsertedMemo;
        if (memo is null || memo.Fields.Count == 0)
        {
            throw new BadCommandException(WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes, "The command has no memo.");
        }

        CommandSizes.LimitMemo(
            scope.Limits,
            MemoMerge.Of(scope.State.Memo, memo),
            "ModifyWorkflowPropertiesCommandAttributes",
            WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes
        );
        scope.Add(
            command,
            new HistoryEvent
            {
                WorkflowPropertiesModifiedEventAttributes = new WorkflowPropertiesModifiedEventAttributes
                {
                    UpsertedMemo = memo,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                },
            }
        );
    }
}
