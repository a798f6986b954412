namespace TemporalDelivery.Simulators.CommandLine;

/// <summary>One <c>--Key=value</c> that a command understands, as its help prints it.</summary>
/// <param name="Key">The configuration key, for instance <c>Webhook:Url</c>.</param>
/// <param name="Default">The value when none is given; null when the setting may be absent or is required.</param>
/// <param name="Meaning">What it does, with its unit.</param>
internal sealed record Setting(string Key, string? Default, string Meaning);
