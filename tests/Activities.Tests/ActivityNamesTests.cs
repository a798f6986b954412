using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Tests;

public sealed class ActivityNamesTests
{
    [Fact]
    public void Every_activity_that_the_workflows_call_is_implemented_under_its_name()
    {
        var called = typeof(IPaymentActivities)
            .Assembly.GetTypes()
            .Where(type => type.IsInterface && type.Name.EndsWith("Activities", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .Select(method => method.Name)
            .Order();
        var implemented = new[] { typeof(PaymentActivities).Assembly, typeof(DeliveryStore).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods().Where(method => type.IsClass && method.IsDefined(typeof(ActivityAttribute), false)))
            .Select(method => method.Name)
            .Order();

        Assert.Equal(called, implemented);
    }
}
