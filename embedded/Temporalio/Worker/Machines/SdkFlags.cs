using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>
/// The changes of behaviour that a history was recorded with, as sdk-core numbers them. They are obeyed on replay and
/// recorded with new tasks, so that histories of this SDK and of the official one are each other's.
/// </summary>
/// <param name="canRecord">Whether the server keeps flags; if not, none is used, for replay could not tell.</param>
internal sealed class SdkFlags(bool canRecord)
{
    /// <summary>Activity and child ids and types are compared on replay.</summary>
    internal const uint IdAndTypeChecks = 1;

    /// <summary>A patch is followed by an upsert of the <c>TemporalChangeVersion</c> search attribute.</summary>
    internal const uint UpsertSearchAttributeOnPatch = 2;

    /// <summary>The command that closes the workflow goes last; before, commands after it were dropped.</summary>
    internal const uint MoveTerminalCommands = 3;

    private static readonly uint[] Known = [IdAndTypeChecks, UpsertSearchAttributeOnPatch, MoveTerminalCommands];

    private readonly SortedSet<uint> core = [];
    private readonly SortedSet<uint> lang = [];
    private readonly SortedSet<uint> newLang = [];
    private string lastName = string.Empty;
    private string lastVersion = string.Empty;

    internal IReadOnlySet<uint> Lang => lang;

    internal void Read(WorkflowTaskCompletedEventAttributes completed)
    {
        if (!canRecord || completed.SdkMetadata is not { } metadata)
        {
            return;
        }
        core.UnionWith(metadata.CoreUsedFlags);
        lang.UnionWith(metadata.LangUsedFlags);
        lastName = metadata.SdkName.Length > 0 ? metadata.SdkName : lastName;
        lastVersion = metadata.SdkVersion.Length > 0 ? metadata.SdkVersion : lastVersion;
    }

    /// <summary>Whether the behaviour applies: to what is new if the server keeps flags, on replay if the history has it.</summary>
    internal bool Applies(uint flag, bool replaying) => canRecord && (!replaying || core.Contains(flag));

    internal void UseLang(IEnumerable<uint> flags) => newLang.UnionWith(flags);

    /// <summary>What the next completion has to record: only what the history does not have yet.</summary>
    internal WorkflowTaskCompletedMetadata TakeForCompletion()
    {
        if (!canRecord)
        {
            return new();
        }
        var metadata = new WorkflowTaskCompletedMetadata
        {
            CoreUsedFlags = { Known.Where(core.Add) },
            LangUsedFlags = { newLang.Where(lang.Add) },
        };
        newLang.Clear();
        if (lastName != SdkIdentity.Name || lastVersion != SdkIdentity.Version)
        {
            metadata.SdkName = lastName = SdkIdentity.Name;
            metadata.SdkVersion = lastVersion = SdkIdentity.Version;
        }
        return metadata;
    }
}
