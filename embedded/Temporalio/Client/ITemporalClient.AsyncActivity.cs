namespace Temporalio.Client;

public partial interface ITemporalClient
{
    /// <summary>Completes an attempt of an activity, by its token, from elsewhere.</summary>
    AsyncActivityHandle GetAsyncActivityHandle(byte[] taskToken);

    /// <summary>Completes an activity, by its ids, from elsewhere.</summary>
    AsyncActivityHandle GetAsyncActivityHandle(string workflowId, string runId, string activityId);
}
