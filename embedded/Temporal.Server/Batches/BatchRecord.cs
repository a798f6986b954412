using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Batches.Records;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Batches;

/// <summary>All that the server keeps of a batch operation.</summary>
internal sealed class BatchRecord
{
    /// <summary>As the client sent it.</summary>
    public StartBatchOperationRequest Request { get; init; } = new();

    /// <summary>Part of the request ids of what it does.</summary>
    public string Incarnation { get; init; } = "";

    /// <summary>Running, or how it ended.</summary>
    public BatchOperationState State { get; set; }

    /// <summary>When it was asked for; what starts later is none of its business.</summary>
    public Timestamp StartTime { get; init; } = new();

    /// <summary>When it ended; null while it runs.</summary>
    public Timestamp? CloseTime { get; set; }

    /// <summary>How many executions it found at its start.</summary>
    public long Total { get; init; }

    /// <summary>Executions done, of the pages that are done.</summary>
    public long Completed { get; set; }

    /// <summary>Executions that could not be done, of the pages that are done.</summary>
    public long Failed { get; set; }

    /// <summary>The page being worked on; done again as a whole after a crash, which does nothing twice.</summary>
    public IReadOnlyList<WorkflowExecution> Page { get; set; } = [];

    /// <summary>Where the next page begins: a list's token, or how many of the named executions are done.</summary>
    public ByteString NextPage { get; set; } = ByteString.Empty;

    /// <summary>Nothing comes after <see cref="Page"/>.</summary>
    public bool IsLastPage { get; set; }

    /// <summary>Reads what <see cref="ToByteArray"/> wrote.</summary>
    public static BatchRecord Parse(ReadOnlySpan<byte> bytes)
    {
        var stored = StoredBatch.Parser.ParseFrom(bytes);
        return new BatchRecord
        {
            Request = StartBatchOperationRequest.Parser.ParseFrom(stored.Request),
            Incarnation = stored.Incarnation,
            State = (BatchOperationState)stored.State,
            StartTime = stored.StartTime,
            CloseTime = stored.CloseTime,
            Total = stored.Total,
            Completed = stored.Completed,
            Failed = stored.Failed,
            Page = [.. stored.Page.Select(WorkflowExecution.Parser.ParseFrom)],
            NextPage = stored.NextPage,
            IsLastPage = stored.IsLastPage,
        };
    }

    /// <summary>The record as it is stored.</summary>
    public byte[] ToByteArray() =>
        new StoredBatch
        {
            Request = Request.ToByteString(),
            Incarnation = Incarnation,
            State = (int)State,
            StartTime = StartTime,
            CloseTime = CloseTime,
            Total = Total,
            Completed = Completed,
            Failed = Failed,
            Page = { Page.Select(execution => execution.ToByteString()) },
            NextPage = NextPage,
            IsLastPage = IsLastPage,
        }.ToByteArray();

    /// <summary>A copy to be changed. The messages in it are shared: nobody changes those.</summary>
    public BatchRecord Clone() => (BatchRecord)MemberwiseClone();
}
