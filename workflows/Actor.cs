using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows;

/// <summary>The kinds of those who cause a change; the delivery graph names them per transition.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActorKind>))]
public enum ActorKind
{
    /// <summary>The workflow itself: a timer, a consequence.</summary>
    [JsonStringEnumMemberName("system")]
    System,

    /// <summary>The customer who owns the order; the name is the customer id.</summary>
    [JsonStringEnumMemberName("customer")]
    Customer,

    /// <summary>Our own staff; the name says who.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,

    /// <summary>The delivery partner.</summary>
    [JsonStringEnumMemberName("partner")]
    Partner,

    /// <summary>The payment provider.</summary>
    [JsonStringEnumMemberName("payments")]
    Payments,

    /// <summary>Whoever has the parcel's PIN, and therefore the parcel; who that is, nobody asks.</summary>
    [JsonStringEnumMemberName("recipient")]
    Recipient,

    /// <summary>A merchant's program; the name says which.</summary>
    [JsonStringEnumMemberName("client")]
    Client,
}

/// <summary>
/// Who caused a change. As text, in JSON and in the audit rows: <c>system</c>, <c>partner</c>, <c>customer:0192…</c>, <c>operator:jane</c>.
/// </summary>
[JsonConverter(typeof(ActorJsonConverter))]
[Description("operator:<name> or customer:<uuid>")]
public sealed record Actor(ActorKind Kind, string? Name = null)
{
    /// <summary>How actors look.</summary>
    internal const string Forms = "system, partner, payments, recipient, customer:<uuid>, operator:<name> or client:<name>";

    /// <summary>How an actor looks where only operators may act.</summary>
    internal static IReadOnlyList<string> OperatorsOnly { get; } = ["operator:<name>"];

    /// <summary>The workflow itself.</summary>
    public static Actor System { get; } = new(ActorKind.System);

    /// <summary>The delivery partner.</summary>
    public static Actor Partner { get; } = new(ActorKind.Partner);

    /// <summary>The payment provider.</summary>
    public static Actor Payments { get; } = new(ActorKind.Payments);

    /// <summary>Whoever has the parcel's PIN.</summary>
    public static Actor Recipient { get; } = new(ActorKind.Recipient);

    /// <summary>The customer with this id.</summary>
    public static Actor Customer(Guid customerId) => new(ActorKind.Customer, customerId.ToString());

    /// <summary>The operator of this name.</summary>
    public static Actor Operator(string name) => new(ActorKind.Operator, name);

    /// <summary>The merchant's program of this name.</summary>
    public static Actor Client(string name) => new(ActorKind.Client, name);

    /// <summary>The same, acting through Temporal's own tools: who that really is, nobody has proven.</summary>
    internal Actor ThroughTemporal => this with { Name = $"{Name} via temporal" };

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">Unknown kind, or a kind that needs a name without one.</exception>
    public static Actor Parse(string text) =>
        TryParse(text, out var actor)
            ? actor
            : throw new FormatException(
                $"'{text}' is not an actor; expected {Forms}"
            );

    /// <summary>Like <see cref="Parse"/>, but false instead of an exception.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Actor? actor)
    {
        actor = null;
        if (text is null)
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!WireNames.TryParse<ActorKind>(colon < 0 ? text : text[..colon], out var kind))
        {
            return false;
        }

        var name = colon < 0 ? null : text[(colon + 1)..];
        var valid = kind switch
        {
            ActorKind.Customer => Guid.TryParse(name, out _),
            ActorKind.Operator or ActorKind.Client => !string.IsNullOrWhiteSpace(name),
            _ => name is null,
        };
        actor = valid ? new Actor(kind, name) : null;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Name is null ? Kind.WireName() : $"{Kind.WireName()}:{Name}";
}

/// <summary>Writes an <see cref="Actor"/> as its text form.</summary>
public sealed class ActorJsonConverter : JsonConverter<Actor>
{
    /// <inheritdoc/>
    public override Actor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Actor.TryParse(reader.GetString(), out var actor)
            ? actor
            : throw new JsonException(
                $"an actor is {Actor.Forms}"
            );

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Actor value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
