namespace TemporalDelivery.Simulators.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'bakery' is none of", "bakery")]
    [InlineData("Ledger is not set", "partner")]
    [InlineData("--Ledgerr is unknown", "partner", "--Ledgerr=x")]
    [InlineData("'x' is not of the form", "payments", "x")]
    [InlineData("Pace is 'soon'", "partner", "--Ledger=x", "--Pace=soon")]
    [InlineData("FailureRate is '2'", "partner", "--Ledger=x", "--FailureRate=2")]
    [InlineData("Webhook:Url is 'nowhere'", "partner", "--Ledger=x", "--Webhook:Url=nowhere")]
    [InlineData("Webhook:Secret is not set", "payments", "--Ledger=x", "--Webhook:Url=http://127.0.0.1:1/hook")]
    [InlineData(
        "--Webhook:Secret is not whsec_",
        "payments",
        "--Ledger=x",
        "--Webhook:Url=http://127.0.0.1:1/hook",
        "--Webhook:Secret=abc"
    )]
    public async Task A_wrong_command_line_is_refused_in_one_line(string complaint, params string[] arguments)
    {
        var (exitCode, output, error) = await SimulatorProcess.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("partner", "--help")]
    [InlineData("--help", "partner")]
    [InlineData("payments", "--help")]
    [InlineData("demo", "--help")]
    public async Task Help_is_given_where_it_is_asked_for(params string[] arguments)
    {
        var (exitCode, output, _) = await SimulatorProcess.RunAsync(arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains(arguments.Single(argument => argument != "--help"), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_said_without_a_stack_trace()
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        var ledger = Path.GetTempFileName();

        var (exitCode, _, error) = await SimulatorProcess.RunAsync("payments", $"--Ledger={ledger}", $"--Urls={payments.Http.BaseAddress}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("address already in use", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        File.Delete(ledger);
    }

    [Fact]
    public async Task A_demo_without_an_API_gives_up_at_its_deadline_and_says_why()
    {
        var (exitCode, _, error) = await SimulatorProcess.RunAsync("demo", "--Api=http://127.0.0.1:1", "--Deadline=00:00:05");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("http://127.0.0.1:1/ is not ready after 00:00:05", error, StringComparison.Ordinal);
        Assert.Contains("refused", error, StringComparison.Ordinal);
    }
}
