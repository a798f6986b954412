using Microsoft.Extensions.Configuration;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Hosting.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void What_is_well_formed_is_read()
    {
        var settings = Of(
            ("Name", "Ada"),
            ("Url", "https://example.com/a"),
            ("Many", "7"),
            ("Rate", "0.25"),
            ("Pace", "00:00:01.5"),
            ("Empty", "")
        );

        Assert.Equal("Ada", settings.Required("Name"));
        Assert.Null(settings.Text("Empty"));
        Assert.Equal("https://example.com/a", settings.RequiredAddress("Url").ToString());
        Assert.Null(settings.Address("Absent"));
        Assert.Equal((7, 40), (settings.Count("Many"), settings.Count("Absent", 40)));
        Assert.Equal(0.25, settings.Probability("Rate"));
        Assert.Equal(TimeSpan.FromSeconds(1.5), settings.Duration("Pace"));
        Assert.Equal(new Oven { Heat = 200 }, Of(("Oven:Heat", "200")).Section<Oven>("Oven"));
        Assert.Equal(new Oven { Heat = 200 }, Of(("OVEN", "of the environment"), ("Oven:Heat", "200")).Section<Oven>("Oven"));
        Assert.Equal(new Oven(), Of().Section<Oven>("Oven"));
        Assert.Equal(new Oven(), Of(("OVEN", "of the environment")).Section<Oven>("Oven"));
    }

    [Theory]
    [InlineData("Url", "ftp://example.com")]
    [InlineData("Url", "nowhere")]
    [InlineData("Many", "0")]
    [InlineData("Many", "10001")]
    [InlineData("Many", "-1")]
    [InlineData("Many", "many")]
    [InlineData("Rate", "1.5")]
    [InlineData("Rate", "NaN")]
    [InlineData("Pace", "-00:00:01")]
    [InlineData("Pace", "soon")]
    public void What_is_not_is_a_fault_that_names_the_setting_and_its_value(string key, string value)
    {
        var settings = Of((key, value));

        var fault = Assert.Throws<ConfigurationException>(() =>
            key switch
            {
                "Url" => settings.Address(key),
                "Many" => settings.Count(key, 40),
                "Rate" => settings.Probability(key),
                _ => (object)settings.Duration(key),
            }
        );

        Assert.StartsWith($"{key} is '{value}'; expected", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_must_be_there_is_missed_by_name()
    {
        Assert.Equal("Name is not set", Assert.Throws<ConfigurationException>(() => Of(("Name", "")).Required("Name")).Message);
        Assert.StartsWith(
            "Url is not set",
            Assert.Throws<ConfigurationException>(() => Of().RequiredAddress("Url")).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith("Many is ''", Assert.Throws<ConfigurationException>(() => Of().Count("Many")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Oven:Heat", "hot", "Oven:Heat")]
    [InlineData("Oven:Heart", "1", "Heart")]
    public void A_section_with_a_wrong_value_or_an_unknown_key_is_a_fault(string key, string value, string complaint)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Of((key, value)).Section<Oven>("Oven"));

        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Of(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();

    private sealed record Oven
    {
        public int Heat { get; init; } = 180;
    }
}
