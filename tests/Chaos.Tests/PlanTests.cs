using TemporalDelivery.Chaos.Plan;

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
        var victims = ChaosPlan.Make(Options).Kills.Select(kill => kill.Victim).Take(6);

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
    public void Where_processes_are_only_killed_no_address_has_a_fault_and_no_operator_is_idle()
    {
        var orders = ChaosPlan.Make(Options with { HasFaults = false }).Orders;

        Assert.All(orders, order => Assert.Null(order.Kind.Mark));
        Assert.All(orders, order => Assert.DoesNotContain(Decision.Nothing, order.Decisions));
    }
}
