using Temporal.Server.Store.Postgres;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>People write connection strings in two forms.</summary>
public sealed class ConnectionTextTests
{
    [Fact]
    public void A_URL_means_the_same_as_keywords()
    {
        var url = ConnectionText.Parse(
            "postgresql://us%40er:p%3Aw@db.example:5433/shop%20floor?sslmode=verify-full&connect_timeout=7&Maximum%20Pool%20Size=4"
        );

        Assert.Equal(("db.example", 5433, "us@er", "p:w", "shop floor"), (url.Host, url.Port, url.Username, url.Password, url.Database));
        Assert.Equal((Npgsql.SslMode.VerifyFull, 7, 4), (url.SslMode, url.Timeout, url.MaxPoolSize));
        Assert.Equal("[::1]", $"[{ConnectionText.Parse("postgres://[::1]/x").Host}]");
    }

    [Theory]
    [InlineData("Host=h;Password=secret;Colour=blue")]
    [InlineData("Password=secret")]
    [InlineData("postgresql://u:secret@h:port/x")]
    [InlineData("postgresql://u:secret@h/x?colour=blue")]
    public void A_wrong_one_is_refused_without_repeating_the_password(string text)
    {
        var error = Assert.Throws<StoreSetupException>(() => ConnectionText.Parse(text));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_leaves_open_is_bounded()
    {
        var text = ConnectionText.Parse("Host=h");
        Assert.Equal((20, 5, 15), (text.MaxPoolSize, text.Timeout, text.CommandTimeout));
        Assert.Equal(99, ConnectionText.Parse("Host=h;Command Timeout=99").CommandTimeout);
    }
}
