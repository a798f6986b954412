using Temporalio.Activities;
using Temporalio.Converters;

namespace Temporalio.Tests.Activities;

public sealed class ActivityDefinitionTests
{
    [Fact]
    public void Activities_are_named_after_their_methods_without_async()
    {
        var names = ActivityDefinition.CreateAll(new Shop()).Select(each => each.Name);

        Assert.Equivalent(new[] { "Charge", "Ship", "custom", null }, names);
    }

    [Fact]
    public async Task An_activity_is_awaited_its_defaults_are_filled_in_and_its_exception_is_its_own()
    {
        var definitions = ActivityDefinition.CreateAll(new Shop()).Where(each => !each.Dynamic).ToDictionary(each => each.Name!);

        Assert.Equal("charged 5 EUR", await definitions["Charge"].InvokeAsync([5]));
        Assert.Equal(default(ValueTuple), await definitions["Ship"].InvokeAsync([]));
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => definitions["custom"].InvokeAsync([]));
        Assert.Equal(1, definitions["Charge"].RequiredParameterCount);
    }

    [Fact]
    public void A_local_function_has_its_own_name_and_a_lambda_needs_one()
    {
        [Activity]
        static void Local()
        {
        }

        Assert.Equal("Local", ActivityDefinition.Create(Local).Name);
        Assert.Equal("given", ActivityDefinition.Create([Activity("given")] () => 1).Name);
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create([Activity] () => 1));
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create(() => 1));
    }

    [Fact]
    public void What_cannot_be_an_activity_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create("__temporal_x", typeof(void), [], 0, _ => null));
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create(null, typeof(void), [typeof(string)], 1, _ => null));
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create("x", typeof(void), [], 1, _ => null));
        Assert.Throws<ArgumentException>(() => ActivityDefinition.CreateAll(new object()));
        var e = Assert.Throws<InvalidOperationException>(() => ActivityDefinition.CreateAll<Shop>(null));
        Assert.Contains("Instance not provided", e.Message, StringComparison.Ordinal);
    }

    private sealed class Shop
    {
        [Activity]
        public async Task<string> ChargeAsync(int amount, string currency = "EUR")
        {
            await Task.Yield();
            return $"charged {amount} {currency}";
        }

        [Activity]
        public async Task ShipAsync() => await Task.Yield();

        [Activity("custom")]
        public void Fail() => throw new TimeZoneNotFoundException();

        [Activity(Dynamic = true)]
        public void Any(IRawValue[] args)
        {
        }
    }
}
