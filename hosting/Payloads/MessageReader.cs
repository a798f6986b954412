using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Temporalio.Api.Common.V1;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>
/// Reads a message to a workflow. A member that is neither nullable nor has a default must be there; members that the message does not have
/// are ignored. A member that is added to a message later has a default, because accepted messages stand in histories.
/// </summary>
internal sealed class MessageReader(AllowedNow? allowedNow)
{
    private const string Encoding = "json/plain";

    /// <summary>The message.</summary>
    /// <exception cref="ApplicationFailureException">INVALID_MESSAGE, with everything that is wrong with it.</exception>
    public object Read(Payload payload, Type type)
    {
        var encoding = payload.Metadata.TryGetValue("encoding", out var name) ? name.ToStringUtf8() : "none";
        if (encoding is not (Encoding or "binary/null"))
        {
            throw Invalid($"the message is encoded as {encoding}, expected {Encoding}: {Shape(type)}");
        }

        try
        {
            using var json = JsonDocument.Parse(payload.Data.IsEmpty ? "null"u8.ToArray() : payload.Data.Memory);
            return Read(json.RootElement, type);
        }
        catch (JsonException failure)
        {
            throw Invalid($"the message is not JSON ({failure.Message.TrimEnd('.')}), expected {Shape(type)}");
        }
    }

    /// <summary>The refusal of a message that did not come at all.</summary>
    public static ApplicationFailureException Missing(Type type) => Invalid($"the message is missing, expected {Shape(type)}");

    private object Read(JsonElement message, Type type)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw Invalid($"the message is {MemberCheck.Quote(message)}, expected {Shape(type)}");
        }

        var faults = Members(type).Select(member => new MemberCheck(member, allowedNow).Fault(message)).OfType<string>().ToList();
        return faults.Count == 0 ? message.Deserialize(type, PayloadDialect.Json)! : throw Invalid(string.Join("; ", faults));
    }

    private static IList<JsonPropertyInfo> Members(Type type) => PayloadDialect.Json.GetTypeInfo(type).Properties;

    private static string Shape(Type type)
    {
        var members = Members(type).ToLookup(MemberCheck.IsRequired, member => $"\"{member.Name}\"");
        var optional = members[false].Any() ? $" (and maybe {string.Join(", ", members[false])})" : null;
        return $"an object with {string.Join(", ", members[true])}{optional}";
    }

    private static ApplicationFailureException Invalid(string reason) => new(reason, PayloadDialect.InvalidMessage, nonRetryable: true);
}
