using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.State;

/// <summary>The few things that the server must know about a payload's content.</summary>
internal static class PayloadValues
{
    /// <summary>Whether a payload is absent or null, whatever its encoding: in a memo that deletes the entry.</summary>
    public static bool IsNull(Payload? payload) => payload is null || payload.Data.IsEmpty;

    /// <summary>
    /// Whether a payload stands for no search attribute value: empty, binary/null, or JSON null or empty list. An upsert with it deletes.
    /// </summary>
    public static bool IsNothing(Payload? payload)
    {
        if (payload is null || payload.Data.IsEmpty)
        {
            return true;
        }

        var text = payload.Data.Length <= 4 ? payload.Data.ToStringUtf8() : "";
        return text is "null" or "[]";
    }
}
