using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>What the demo plays, and for how long at most.</summary>
/// <param name="Api">Where the API answers.</param>
/// <param name="Rounds">How many orders of each kind.</param>
/// <param name="Deadline">When to give up on orders that have not ended.</param>
internal sealed record DemoOptions(Uri Api, int Rounds, TimeSpan Deadline)
{
    public static readonly IReadOnlyList<Setting> Settings =
    [
        new("Api", "http://127.0.0.1:8080", "address of the API"),
        new("Rounds", "1", "how many orders of each kind to place"),
        new("Deadline", "00:02:00", "when to give up on orders that have not ended as their kind says"),
    ];

    /// <exception cref="ConfigurationException">A setting is missing or cannot be read.</exception>
    public static DemoOptions Read(IConfiguration configuration) =>
        new(configuration.RequiredAddress("Api"), configuration.Count("Rounds", atMost: 100), configuration.Duration("Deadline"));
}
