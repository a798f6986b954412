using System.Text.Json;

namespace Temporal.Server.Http.Pages;

/// <summary>What the Web UI asks for first: which buttons it may show.</summary>
/// <param name="DefaultNamespace">Where it begins.</param>
/// <param name="CodecEndpoint">The data encoder that it decodes payloads with; empty for none.</param>
internal sealed record WebUiSettings(string DefaultNamespace, string CodecEndpoint)
{
    // The UI encodes ids once only for versions from 2.23 on.
    private const string UiVersion = "2.38.0";

    /// <summary>The settings as JSON; these names are the protocol.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                Auth = new { Enabled = false, Options = Array.Empty<string>() },
                DefaultNamespace,
                ShowTemporalSystemNamespace = false,
                FeedbackURL = "",
                NotifyOnNewVersion = false,
                Codec = new
                {
                    Endpoint = CodecEndpoint,
                    PassAccessToken = false,
                    IncludeCredentials = false,
                },
                Version = UiVersion,
                DisableWriteActions = false,
                WorkflowTerminateDisabled = false,
                WorkflowCancelDisabled = false,
                WorkflowSignalDisabled = false,
                WorkflowUpdateDisabled = false,
                WorkflowResetDisabled = false,
                BatchActionsDisabled = false,
                StartWorkflowDisabled = false,
                HideWorkflowQueryErrors = false,
                RefreshWorkflowCountsDisabled = false,
                DisableNewsFetch = true,
            }
        );
}
