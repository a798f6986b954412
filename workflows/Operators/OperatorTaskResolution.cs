using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Operators;

/// <summary>How an operator has settled a task by hand.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperatorTaskResolution>))]
public enum OperatorTaskResolution
{
    /// <summary>What the detail asks for is done.</summary>
    [JsonStringEnumMemberName("DONE")]
    Done,

    /// <summary>The customer has the money back.</summary>
    [JsonStringEnumMemberName("REFUNDED")]
    Refunded,

    /// <summary>The customer sends the goods back.</summary>
    [JsonStringEnumMemberName("CUSTOMER_RETURNS")]
    CustomerReturns,

    /// <summary>The customer keeps the goods and pays for them.</summary>
    [JsonStringEnumMemberName("CUSTOMER_PAYS")]
    CustomerPays,

    /// <summary>It cannot be had back, or is not worth the trouble: the loss is ours.</summary>
    [JsonStringEnumMemberName("WRITTEN_OFF")]
    WrittenOff,

    /// <summary>On a closer look nothing was wrong.</summary>
    [JsonStringEnumMemberName("NOTHING_TO_DO")]
    NothingToDo,

    /// <summary>A new run of the order's workflow adopts what is done, and goes on.</summary>
    [JsonStringEnumMemberName("RESUME")]
    Resume,

    /// <summary>A new run of the order's workflow adopts what is done, and is cancelled: what can be undone is.</summary>
    [JsonStringEnumMemberName("UNDO")]
    Undo,

    /// <summary>The message is tried once more, now.</summary>
    [JsonStringEnumMemberName("RETRY")]
    Retry,

    /// <summary>The message is given up; what waited behind it goes on.</summary>
    [JsonStringEnumMemberName("DROP")]
    Drop,
}
