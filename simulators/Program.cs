using TemporalDelivery.Simulators.CommandLine;
using TemporalDelivery.Simulators.Demo;
using TemporalDelivery.Simulators.Demo.Scenarios;
using TemporalDelivery.Simulators.Partner;
using TemporalDelivery.Simulators.Payments;

return await Command.RunAsync(
    args,
    new Dictionary<string, Command>
    {
        ["partner"] = PartnerCommand.Definition,
        ["payments"] = PaymentsCommand.Definition,
        ["demo"] = DemoCommand.Definition,
        ["scenarios"] = ScenariosCommand.Definition,
    }
);
