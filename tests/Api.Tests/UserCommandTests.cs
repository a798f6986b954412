using System.Diagnostics;
using System.Net;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Database.Users;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Tests;

/// <summary>The command <c>user</c> of the API's executable, as the script calls it.</summary>
public sealed class UserCommandTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient anybody = api.Anybody();

    private string Database => $"--Database:ConnectionString={api.Database.ConnectionString}";

    [Fact]
    public async Task A_user_is_added_with_a_password_that_is_typed_or_made_and_shown_once()
    {
        var typed = await RunAsync("a long enough password\n", "add", "Ada", "customer", "--customer", ApiApplication.Ada.ToString());
        var made = await RunAsync("", "add", "root", "admin");

        Assert.Equal((0, ""), (typed.ExitCode, typed.Output));
        Assert.Equal(HttpStatusCode.OK, (await anybody.SignInAsync("ada", "a long enough password")).StatusCode);
        Assert.Equal(0, made.ExitCode);
        Assert.Equal(HttpStatusCode.OK, (await anybody.SignInAsync("root", made.Output.Trim())).StatusCode);
        Assert.DoesNotContain(made.Output.Trim(), made.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_gets_another_password_and_is_disabled_and_enabled()
    {
        var olga = await api.UserAsync(UserRoles.Operator);
        Assert.Equal(0, (await RunAsync("another long password\n", "password", olga)).ExitCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await anybody.SignInAsync(olga)).StatusCode);
        Assert.Equal(0, await UserCommand.RunAsync(["disable", olga, Database]));
        Assert.Equal(HttpStatusCode.BadRequest, (await anybody.SignInAsync(olga, "another long password")).StatusCode);
        Assert.Equal(0, await UserCommand.RunAsync(["enable", olga, Database]));
        Assert.Equal(HttpStatusCode.OK, (await anybody.SignInAsync(olga, "another long password")).StatusCode);
    }

    [Theory]
    [InlineData("expected add NAME ROLE")]
    [InlineData("'king' is no role", "add", "henry", "king")]
    [InlineData("'Hen ry' is no name", "add", "Hen ry", "admin")]
    [InlineData("--customer ID says which customer", "add", "ada2", "customer")]
    [InlineData(
        "there is no customer 01920000-0000-7000-8000-00000000ffff",
        "add",
        "x",
        "customer",
        "--customer",
        "01920000-0000-7000-8000-00000000ffff"
    )]
    [InlineData("there is no user nobody", "disable", "nobody")]
    public async Task What_cannot_be_done_is_said_in_one_line(string complaint, params string[] words)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => UserCommand.RunAsync([.. words, Database]));

        Assert.StartsWith(complaint, refusal.Message, StringComparison.Ordinal);
        Assert.Single(refusal.Message.Split('\n'));
    }

    [Fact]
    public async Task A_password_that_is_too_short_is_refused_and_not_repeated()
    {
        var (exitCode, _, error) = await RunAsync("hunter2\n", "add", "short", "admin");

        Assert.Equal(2, exitCode);
        Assert.Equal("user: a password has 12 to 200 characters\n", error);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params string[] words)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TemporalDelivery.Api.dll"), "user", .. words])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["Database__ConnectionString"] = api.Database.ConnectionString, ["Tokens__PasswordRounds"] = "1000" },
            }
        )!;
        await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, error);
    }
}
