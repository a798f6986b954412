using System.Net.Http.Headers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TemporalDelivery.Api.Tokens;
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

    /// <summary>A token as the endpoint would give it to such a user.</summary>
    public static string Token(this ApiApplication api, string role, string name, Guid? customerId = null, bool isExpired = false)
    {
        var now = DateTime.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = Guid.NewGuid().ToString(),
            ["name"] = name,
            ["role"] = role,
        };
        if (customerId is { } customer)
        {
            claims["customer_id"] = customer.ToString();
        }

        return new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = "http://127.0.0.1:8080/",
                Audience = "temporal-delivery",
                TokenType = "at+jwt",
                IssuedAt = now.AddMinutes(-15),
                NotBefore = now.AddMinutes(-15),
                Expires = now.AddSeconds(isExpired ? -1 : 600),
                Claims = claims,
                SigningCredentials = new(api.Get<TokenKeyRing>().SigningKeys.First(), SecurityAlgorithms.EcdsaSha256),
            }
        );
    }

    /// <summary>GET with a token.</summary>
    public static async Task<HttpResponseMessage> GetAsync(this HttpClient client, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
