using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Chaos.Receivers;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>What is done is decided by the seed alone.</summary>
public sealed class PlanTests
{
    private static readonly ChaosOptions Options = new(200, TimeSpan.FromMinutes(2), 7, HasFaults: true, IsSabotaged: false, "anywhere");

    [Fact]
    public void The_same_seed_makes_the_same_plan() => Assert.Equivalent(ChaosPlan.Make(Options), ChaosPlan.Make(Options), strict: true);

    [Fact]
    public void Another_seed_makes_another_plan() =>
        Assert.NotEqual(ChaosPlan.Make(Options).Kills, ChaosPlan.Make(Options with { Seed = 8 }).Kills);

    [Fact]
    public void Each_process_is_killed_once_before_any_is_killed_twice()
    {
        var victims = ChaosPlan.Make(Options).Kills.Select(kill => kill.Victim).Take(Enum.GetValues<Victim>().Length);

        Assert.Equal(Enum.GetValues<Victim>(), victims.Order());
    }

    [Fact]
    public void Of_a_thousand_orders_some_are_of_each_kind() =>
        Assert.Empty(OrderKind.All.Except(ChaosPlan.Make(Options with { Orders = 1000 }).Orders.Select(order => order.Kind)));

    [Fact]
    public void Of_a_thousand_orders_some_are_confirmed_in_each_way() =>
        Assert.Empty(
            Enum.GetValues<Receipt>().Except(ChaosPlan.Make(Options with { Orders = 1000 }).Orders.Select(order => order.Receipt))
        );

    [Fact]
    public void Each_endpoint_has_each_fault_one_after_the_other()
    {
        var faults = ChaosPlan.Make(Options).EndpointFaults.GroupBy(fault => fault.Endpoint).ToList();

        Assert.Equal(AllReceivers.Endpoints, faults.Count);
        Assert.All(faults, ofOne => Assert.Equal(Enum.GetValues<EndpointFault>(), ofOne.Select(fault => fault.Fault).Distinct().Order()));
        Assert.All(faults, ofOne =>
            Assert.All(ofOne.Zip(ofOne.Skip(1)), pair => Assert.True(pair.First.At + pair.First.Lasts < pair.Second.At))
        );
    }

    [Fact]
    public void Where_processes_are_only_killed_no_address_and_no_endpoint_has_a_fault_and_no_operator_is_idle()
    {
        var plan = ChaosPlan.Make(Options with { HasFaults = false });
        var orders = plan.Orders;

        Assert.Empty(plan.EndpointFaults);
        Assert.All(orders, order => Assert.Null(order.Kind.Mark));
        Assert.All(orders, order => Assert.DoesNotContain(Decision.Nothing, order.Decisions));
    }
}
