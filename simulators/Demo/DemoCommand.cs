using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Demo;

/// <summary><c>simulators demo</c>: the customers and the operator.</summary>
static class DemoCommand
{
    public static readonly Command Definition = new(
        "customers and an operator who play orders of every kind through the REST API",
        [new("Api", "http://127.0.0.1:8080", "address of the API")],
        _ => throw new ConfigurationFault("not here yet"));
}
