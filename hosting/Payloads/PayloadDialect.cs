using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Temporalio.Converters;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>
/// The one JSON dialect of everything that goes through Temporal: camelCase when written, any case when read (so histories of before the
/// dialect are read too), enums by name. Inputs and results are read tolerantly; a message to a workflow (see <see cref="MessageTypes"/>)
/// is read strictly, and what is wrong with it is said in a sentence.
/// </summary>
public static class PayloadDialect
{
    /// <summary>The error type of a message that cannot be read.</summary>
    public const string InvalidMessage = "INVALID_MESSAGE";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>The data converter of a client, and of the workers that use it.</summary>
    /// <param name="allowedNow">What a workflow knows of the values that are allowed; for clients with workers.</param>
    public static DataConverter Converter(AllowedNow? allowedNow = null) =>
        new(new MessagePayloadConverter(new MessageReader(allowedNow)), new RefusalConverter());
}

/// <summary>
/// Which values a member of a message may have now, by the workflow in whose context it is called; null when the workflow does not know.
/// </summary>
/// <param name="message">The message's type.</param>
/// <param name="member">The member's name in JSON.</param>
public delegate IReadOnlyList<string>? AllowedNow(Type message, string member);
