using System.Net.Http.Headers;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Tests;

/// <summary>Users of a host under test, and how they get tokens.</summary>
internal static class HttpTokens
{
    public const string Password = "correct horse battery staple";

    /// <summary>A user of a name that nobody else has.</summary>
    public static async Task<string> UserAsync(this ApiApplication api, string role, Guid? customerId = null)
    {
        var name = $"{role}-{Guid.NewGuid():n}"[..24];
        var user = new StoredUser(Guid.CreateVersion7(), name, api.Get<Passwords>().Hash(Password), role, customerId, false, 1);
        Assert.Equal(AddUserResult.Added, await api.Get<UserStore>().AddAsync(user, TestContext.Current.CancellationToken));
        return name;
    }

    public static Task<HttpResponseMessage> SignInAsync(this HttpClient client, string name, string password = Password) =>
        client.TokenAsync(("grant_type", "password"), ("username", name), ("password", password));

    public static Task<HttpResponseMessage> RenewAsync(this HttpClient client, string refreshToken) =>
        client.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    public static async Task<HttpResponseMessage> TokenAsync(this HttpClient client, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await client.PostAsync("/oauth/token", content, TestContext.Current.CancellationToken);
    }

    /// <summary>A member of the answer of /oauth/token.</summary>
    public static async Task<string> MemberAsync(this Task<HttpResponseMessage> answering, string name)
    {
        using var answer = await answering;
        var body = await answer.JsonAsync();
        return body.TryGetProperty(name, out var member)
            ? member.ToString()
            : throw new InvalidOperationException($"{answer.StatusCode} {body}");
    }

    public static Task<string> AccessTokenAsync(this HttpClient client, string name) =>
        client.SignInAsync(name).MemberAsync("access_token");

    /// <summary>GET with a token.</summary>
    public static async Task<HttpResponseMessage> GetAsync(this HttpClient client, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
