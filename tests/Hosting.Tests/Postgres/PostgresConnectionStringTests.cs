using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Hosting.Tests.Postgres;

public sealed class PostgresConnectionStringTests
{
    [Theory]
    [InlineData("Host=h;Port=5433;Database=d;Username=u;Password=p")]
    [InlineData("postgresql://u:p@h:5433/d")]
    [InlineData("postgres://u:p@h:5433/d?sslmode=disable&application_name=x")]
    public void Both_forms_say_the_same(string text)
    {
        var parsed = PostgresConnectionString.Parse(text);

        Assert.Equal(("h", 5433, "d", "u", "p"), (parsed.Host, parsed.Port, parsed.Database, parsed.Username, parsed.Password));
    }

    [Fact]
    public void Escaped_characters_and_defaults_are_understood()
    {
        var parsed = PostgresConnectionString.Parse("postgresql://us%40er:p%3Aw%2F@[::1]/my%20db?sslmode=verify-full");

        Assert.Equal(
            ("::1", 5432, "my db", "us@er", "p:w/"),
            (parsed.Host, parsed.Port, parsed.Database, parsed.Username, parsed.Password)
        );
        Assert.Equal(Npgsql.SslMode.VerifyFull, parsed.SslMode);
    }

    [Fact]
    public void The_pool_and_the_times_are_bounded_unless_said_otherwise()
    {
        var silent = PostgresConnectionString.Parse("Host=h");
        var said = PostgresConnectionString.Parse("Host=h;Maximum Pool Size=7;Command Timeout=3;Timeout=2");

        Assert.Equal((30, 10, 5), (silent.MaxPoolSize, silent.CommandTimeout, silent.Timeout));
        Assert.Equal((7, 3, 2), (said.MaxPoolSize, said.CommandTimeout, said.Timeout));
    }

    [Fact]
    public void A_statement_is_planned_once_unless_said_otherwise()
    {
        Assert.Equal("-c plan_cache_mode=force_generic_plan", PostgresConnectionString.Parse("Host=h").Options);
        Assert.Equal("-c jit=off", PostgresConnectionString.Parse("Host=h;Options=-c jit=off").Options);
    }

    [Fact]
    public void A_pooled_session_is_not_reset_unless_said_otherwise()
    {
        Assert.True(PostgresConnectionString.Parse("Host=h").NoResetOnClose);
        Assert.False(PostgresConnectionString.Parse("Host=h;No Reset On Close=false").NoResetOnClose);
    }

    [Theory]
    [InlineData("Database=d", "names no host")]
    [InlineData("Host=h;Nonsense=1", "Not a connection string")]
    [InlineData("postgresql://u:secret@h/d?nonsense=1", "'nonsense' is not understood")]
    [InlineData("postgresql://u:secret@h:port/d", "Not a URL")]
    public void What_is_neither_is_refused_without_repeating_a_password(string text, string because)
    {
        var refusal = Assert.Throws<FormatException>(() => PostgresConnectionString.Parse(text));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
