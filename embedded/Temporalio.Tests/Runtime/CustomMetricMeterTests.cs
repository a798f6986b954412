using Temporalio.Runtime;

namespace Temporalio.Tests.Runtime;

public sealed class CustomMetricMeterTests
{
    [Fact]
    public void Metrics_reach_a_meter_of_ones_own_with_their_tags()
    {
        var meter = new RecordingMeter();
        var runtime = new TemporalRuntime(new(new() { Metrics = new() { CustomMetricMeter = meter, GlobalTags = [new("region", "north")] } }));

        var counter = runtime.MetricMeter.WithTags([new("shop", "s7")]).CreateCounter<byte>("orders", "piece", "Orders");
        counter.Add(2);
        counter.WithTags([new("kind", "a")]).Add(3, [new("shop", "s8")]);

        Assert.Equal(
            [
                new("orders", "piece", 2L, "region=north,service_name=temporal-core-sdk,shop=s7"),
                new("orders", "piece", 3L, "kind=a,region=north,service_name=temporal-core-sdk,shop=s8"),
            ],
            meter.Records);
    }

    [Fact]
    public void Tags_come_in_the_types_in_which_values_come()
    {
        var meter = new RecordingMeter();
        var runtime = new TemporalRuntime(new(new() { Metrics = new() { CustomMetricMeter = meter, AttachServiceName = false } }));

        runtime.MetricMeter.WithTags([new("int", 1), new("long", 2L), new("float", 0.5f), new("double", 1.5), new("bool", true), new("text", "t"), new("day", DayOfWeek.Friday)]);

        Assert.Equal([1L, 2L, 0.5d, 1.5d, true, "t", "Friday"], meter.TagValues);
    }

    [Theory]
    [InlineData(CustomMetricMeterOptions.DurationFormat.IntegerMilliseconds, "ms")]
    [InlineData(CustomMetricMeterOptions.DurationFormat.FloatSeconds, "s")]
    [InlineData(CustomMetricMeterOptions.DurationFormat.TimeSpan, "duration")]
    public void Durations_come_in_the_format_that_is_asked_for(CustomMetricMeterOptions.DurationFormat format, string unit)
    {
        var meter = new RecordingMeter();
        var runtime = new TemporalRuntime(new(new()
        {
            Metrics = new() { CustomMetricMeter = meter, CustomMetricMeterOptions = new() { HistogramDurationFormat = format }, AttachServiceName = false },
        }));
        var wait = TimeSpan.FromMilliseconds(1500);

        runtime.MetricMeter.CreateHistogram<TimeSpan>("wait", "duration").Record(wait);

        object expected = format switch
        {
            CustomMetricMeterOptions.DurationFormat.TimeSpan => wait,
            CustomMetricMeterOptions.DurationFormat.FloatSeconds => 1.5,
            _ => 1500L,
        };
        Assert.Equal([new("wait", unit, expected, "")], meter.Records);
    }

    [Fact]
    public void Types_and_values_that_metrics_cannot_have_are_refused()
    {
        var meter = new TemporalRuntime(new(new() { Metrics = new() { CustomMetricMeter = new RecordingMeter() } })).MetricMeter;

        Assert.Throws<ArgumentException>(() => meter.CreateCounter<double>("c"));
        Assert.Throws<ArgumentException>(() => meter.CreateGauge<TimeSpan>("g"));
        Assert.Throws<ArgumentException>(() => meter.CreateHistogram<Guid>("h"));
        Assert.Throws<ArgumentException>(() => meter.CreateCounter<int>("c").Add(-1));
        Assert.Throws<ArgumentException>(() => meter.CreateGauge<double>("g").Set(-1));
        Assert.Throws<ArgumentException>(() => meter.CreateHistogram<TimeSpan>("h").Record(TimeSpan.FromSeconds(-1)));
    }
}
