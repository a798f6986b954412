using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Tests;

public sealed class SigningInTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient anybody = api.Anybody();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_gets_a_token_that_is_good_for_a_quarter_of_an_hour()
    {
        var ada = await api.UserAsync(UserRoles.Customer, ApiApplication.Ada);

        using var answer = await anybody.SignInAsync(ada.ToUpperInvariant());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var body = await answer.JsonAsync();
        Assert.Equal("Bearer", body.GetProperty("token_type").GetString());
        Assert.InRange(body.GetProperty("expires_in").GetInt32(), 890, 900);
        var order = await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var own = await anybody.GetAsync($"/orders/{order}", body.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_gets_a_token_by_its_secret_and_nothing_to_renew_it(bool isBasic)
    {
        var program = await api.UserAsync(UserRoles.Client);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (isBasic)
        {
            var credential = $"{program}:{Uri.EscapeDataString(HttpTokens.Password)}";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(credential))
            );
        }
        else
        {
            (form["client_id"], form["client_secret"]) = (program, HttpTokens.Password);
        }

        request.Content = new FormUrlEncodedContent(form);
        using var answer = await anybody.SendAsync(request, Now);

        var body = await answer.JsonAsync();
        Assert.False(body.TryGetProperty("refresh_token", out _));
        using var endpoints = await anybody.GetAsync("/webhook-endpoints", body.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, endpoints.StatusCode);
    }

    [Fact]
    public async Task An_unknown_user_a_wrong_password_and_a_disabled_user_are_answered_alike()
    {
        var known = await api.UserAsync(UserRoles.Operator);
        var disabled = await api.UserAsync(UserRoles.Operator);
        var program = await api.UserAsync(UserRoles.Client);
        await api.Get<UserStore>().DisableAsync(disabled, isDisabled: true, Now);

        var answers = new List<string>();
        foreach (
            var (name, password) in new[]
            {
                (known, "wrong"),
                ("nobody", "wrong"),
                ("nö body", "wrong"),
                (new string('x', 5_000), "wrong"),
                (known, new string('x', 5_000)),
                (disabled, HttpTokens.Password),
                (program, HttpTokens.Password),
            }
        )
        {
            using var answer = await anybody.SignInAsync(name, password);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            answers.Add(await answer.Content.ReadAsStringAsync(Now));
        }

        Assert.Equal("invalid_grant", JsonDocument.Parse(answers[0]).RootElement.GetProperty("error").GetString());
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_name_that_there_is_none_of_costs_the_same_work()
    {
        var passwords = api.Get<Passwords>();
        var compared = passwords.Compared;
        using var unknown = await anybody.SignInAsync("nobody-at-all", "wrong");
        Assert.Equal(compared + 1, passwords.Compared);
    }

    [Theory]
    [InlineData("invalid_request", 400)]
    [InlineData("unsupported_grant_type", 400, "grant_type=magic")]
    [InlineData("invalid_request", 400, "grant_type=password&username=ada")]
    [InlineData("invalid_request", 400, "grant_type=password&username=%00&password=x")]
    [InlineData("invalid_grant", 400, "grant_type=refresh_token&refresh_token=nonsense")]
    [InlineData("invalid_client", 401, "grant_type=client_credentials&client_id=nobody&client_secret=nothing")]
    [InlineData("invalid_client", 401, "grant_type=password&username=a&password=b&client_id=c&client_secret=d")]
    public async Task What_is_wrong_is_said_as_OAuth_says_it(string error, int status, string form = "")
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await anybody.PostAsync("/oauth/token", content, Now);

        Assert.Equal((status, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(error, (await answer.JsonAsync()).GetProperty("error").GetString());
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task After_ten_failures_no_password_is_looked_at_for_a_quarter_of_an_hour_and_of_nobody_else()
    {
        var olga = await api.UserAsync(UserRoles.Operator);
        var other = await api.UserAsync(UserRoles.Operator);
        for (var failure = 0; failure < SignIns.MaxTries; failure++)
        {
            using var wrong = await anybody.SignInAsync(olga, "wrong");
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }

        using var locked = await anybody.SignInAsync(olga);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 14, 15);
        Assert.Equal("slow_down", (await locked.JsonAsync()).GetProperty("error").GetString());
        using var another = await anybody.SignInAsync(other);
        Assert.Equal(HttpStatusCode.OK, another.StatusCode);

        // A try while it is locked does not make it longer.
        await api.ExecuteAsync("update identity.sign_ins set last_at = last_at - interval '15 minutes' where name = @olga", new { olga });
        using var later = await anybody.SignInAsync(olga);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(0, await api.CountAsync($"select count(*) from identity.sign_ins where name = '{olga}'"));
    }

    [Fact]
    public async Task A_name_that_there_is_none_of_is_locked_too()
    {
        for (var failure = 0; failure < SignIns.MaxTries; failure++)
        {
            using var wrong = await anybody.SignInAsync("somebody-else", "wrong");
        }

        using var locked = await anybody.SignInAsync("somebody-else", "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
    }

    [Fact]
    public async Task Guesses_made_side_by_side_are_counted_too()
    {
        var olga = await api.UserAsync(UserRoles.Operator);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => anybody.SignInAsync(olga, "wrong")));

        Assert.Equal(SignIns.MaxTries, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.Equal(30 - SignIns.MaxTries, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.All(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_stored_hash_of_fewer_rounds_is_made_anew()
    {
        var olga = await api.UserAsync(UserRoles.Operator);
        var users = api.Get<UserStore>();
        var before = (await users.FindAsync(olga, Now))!;

        await using (var stronger = await api.AnotherAsync(("Tokens:PasswordRounds", "2000")))
        {
            using var answer = await stronger.CreateClient().SignInAsync(olga);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var after = (await users.FindAsync(olga, Now))!;
        Assert.NotEqual(before.PasswordHash, after.PasswordHash);
        Assert.Equal(before.Version, after.Version);
        using var again = await anybody.SignInAsync(olga);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("disabled")]
    [InlineData("enabled again")]
    public async Task A_refresh_token_dies_with_a_change_of_its_user(string change)
    {
        var olga = await api.UserAsync(UserRoles.Operator);
        var users = api.Get<UserStore>();
        var first = await anybody.SignInAsync(olga).MemberAsync("refresh_token");
        var second = await anybody.RenewAsync(first).MemberAsync("refresh_token");

        switch (change)
        {
            case "password":
                await users.ChangePasswordAsync(olga, api.Get<Passwords>().Hash("another password"), Now);
                break;
            default:
                await users.DisableAsync(olga, isDisabled: true, Now);
                break;
        }

        if (change == "enabled again")
        {
            await users.DisableAsync(olga, isDisabled: false, Now);
        }

        foreach (var token in new[] { first, second })
        {
            using var answer = await anybody.RenewAsync(token);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("invalid_grant", (await answer.JsonAsync()).GetProperty("error").GetString());
        }
    }

    [Fact]
    public async Task A_refresh_token_is_no_access_token_and_the_other_way_round()
    {
        var olga = await api.UserAsync(UserRoles.Operator);
        var signedIn = await (await anybody.SignInAsync(olga)).JsonAsync();

        using var answer = await anybody.GetAsync("/orders", signedIn.GetProperty("refresh_token").GetString()!);
        using var renewed = await anybody.RenewAsync(signedIn.GetProperty("access_token").GetString()!);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, renewed.StatusCode);
    }
}
