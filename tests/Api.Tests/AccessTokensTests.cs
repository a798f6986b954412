using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TemporalDelivery.Api.Tokens;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Api.Tests;

public sealed class AccessTokensTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private const string Issuer = "http://127.0.0.1:8080/";
    private const string Audience = "temporal-delivery";
    private readonly HttpClient anybody = api.Anybody();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("as it is", HttpStatusCode.OK)]
    [InlineData("expired", HttpStatusCode.Unauthorized)]
    [InlineData("another issuer", HttpStatusCode.Unauthorized)]
    [InlineData("another audience", HttpStatusCode.Unauthorized)]
    [InlineData("another type", HttpStatusCode.Unauthorized)]
    [InlineData("another key", HttpStatusCode.Unauthorized)]
    [InlineData("another key of the same name", HttpStatusCode.Unauthorized)]
    [InlineData("no key", HttpStatusCode.Unauthorized)]
    [InlineData("the public key as a secret", HttpStatusCode.Unauthorized)]
    [InlineData("no role", HttpStatusCode.Unauthorized)]
    [InlineData("a role that there is none of", HttpStatusCode.Unauthorized)]
    [InlineData("no end", HttpStatusCode.Unauthorized)]
    public async Task A_token_is_believed_only_if_all_of_it_is_right(string what, HttpStatusCode expected)
    {
        var key = (ECDsaSecurityKey)api.Get<TokenKeyRing>().SigningKeys.First();
        var token = new SecurityTokenDescriptor
        {
            Issuer = what == "another issuer" ? "http://127.0.0.1:8081/" : Issuer,
            Audience = what == "another audience" ? "another-shop" : Audience,
            TokenType = what == "another type" ? "JWT" : "at+jwt",
            IssuedAt = DateTime.UtcNow.AddMinutes(-15),
            NotBefore = DateTime.UtcNow.AddMinutes(-15),
            Expires = DateTime.UtcNow.AddSeconds(what == "expired" ? -1 : 60),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = Guid.NewGuid().ToString(),
                ["name"] = "olga",
                ["role"] = what == "a role that there is none of" ? "king" : "operator",
            },
            SigningCredentials = what switch
            {
                "another key" => new(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)), SecurityAlgorithms.EcdsaSha256),
                "another key of the same name" => new(
                    new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = key.KeyId },
                    SecurityAlgorithms.EcdsaSha256
                ),
                "no key" => null,
                "the public key as a secret" => new(
                    new SymmetricSecurityKey(key.ECDsa.ExportSubjectPublicKeyInfo()) { KeyId = key.KeyId },
                    SecurityAlgorithms.HmacSha256
                ),
                _ => new(key, SecurityAlgorithms.EcdsaSha256),
            },
        };
        if (what == "no role")
        {
            token.Claims.Remove("role");
        }

        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = what != "no end" };
        if (what == "no end")
        {
            token.Expires = null;
        }

        using var answer = await anybody.GetAsync("/operator-tasks", handler.CreateToken(token));

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal(
                what == "expired",
                (await answer.JsonAsync())
                    .GetProperty("detail")
                    .GetString()!
                    .StartsWith("The token was good until", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic b2xnYTpvbGdh")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.e30.")]
    public async Task What_is_no_token_is_a_401(string credential)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
        request.Headers.TryAddWithoutValidation("Authorization", credential);
        using var answer = await anybody.SendAsync(request, Now);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_token_that_was_changed_is_not_believed()
    {
        var parts = (await anybody.AccessTokenAsync(await api.UserAsync(UserRoles.Customer, ApiApplication.Ada))).Split('.');
        var payload = Encoding
            .UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1]))
            .Replace("\"customer\"", "\"admin\"", StringComparison.Ordinal);
        Assert.Contains("\"admin\"", payload, StringComparison.Ordinal);

        using var answer = await anybody.GetAsync("/operator-tasks", $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_documents_say_where_tokens_are_got_and_show_public_keys_only()
    {
        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
        {
            var document = await anybody.GetFromJsonAsync<JsonElement>(path, Now);
            Assert.Equal(Issuer, document.GetProperty("issuer").GetString());
            Assert.EndsWith("/oauth/token", document.GetProperty("token_endpoint").GetString(), StringComparison.Ordinal);
            Assert.EndsWith("/oauth/jwks", document.GetProperty("jwks_uri").GetString(), StringComparison.Ordinal);
        }

        var keys = await anybody.GetFromJsonAsync<JsonElement>("/oauth/jwks", Now);
        Assert.All(keys.GetProperty("keys").EnumerateArray(), key =>
        {
            Assert.Equal("EC", key.GetProperty("kty").GetString());
            Assert.False(key.TryGetProperty("d", out _));
        });
    }

    [Fact]
    public async Task Hosts_share_their_keys_and_a_new_one_is_published_before_it_signs()
    {
        await using var other = await api.AnotherAsync();
        var there = other.CreateClient();
        var olga = await api.UserAsync(UserRoles.Operator);
        var (first, refresh) = await SignedInAsync();

        // The key is an hour from its end: time for the next one.
        await api.ExecuteAsync("update identity.token_keys set signs_from = signs_from - interval '719.5 hours'");
        await api.Get<TokenKeyRing>().ReadAsync(Now);
        Assert.Equal(2, (await KeysAsync(anybody)).Count);
        var (same, _) = await SignedInAsync();
        Assert.Equal(KeyOf(first), KeyOf(same));

        // Its hour has come. The other host has looked meanwhile; this one has not signed with it yet.
        await Ring(other).ReadAsync(Now);
        await api.ExecuteAsync("update identity.token_keys set signs_from = signs_from - interval '1 hour'");
        await api.Get<TokenKeyRing>().ReadAsync(Now);
        var (second, _) = await SignedInAsync();
        Assert.NotEqual(KeyOf(first), KeyOf(second));
        Assert.Contains(KeyOf(second), await KeysAsync(there));
        foreach (var token in new[] { first, second })
        {
            foreach (var client in new[] { anybody, there })
            {
                using var answer = await client.GetAsync("/operator-tasks", token);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        // What the old one has signed and encrypted is good until it is over, on both.
        using var renewed = await there.RenewAsync(refresh);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);

        // The longest token of the old one is over.
        await api.ExecuteAsync("update identity.token_keys set signs_from = signs_from - interval '336 hours'");
        await api.Get<TokenKeyRing>().ReadAsync(Now);
        Assert.DoesNotContain(KeyOf(first), await KeysAsync(anybody));
        using var gone = await anybody.GetAsync("/operator-tasks", first);
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);

        async Task<(string Access, string Refresh)> SignedInAsync()
        {
            using var answer = await anybody.SignInAsync(olga);
            var body = await answer.JsonAsync();
            return (body.GetProperty("access_token").GetString()!, body.GetProperty("refresh_token").GetString()!);
        }
    }

    [Fact]
    public async Task Another_issuers_tokens_are_believed_as_far_as_the_configuration_says()
    {
        await using var theirs = await api.AnotherAsync(("Tokens:Issuer", "https://theirs.example/"), ("Tokens:Audience", "us"));
        // Their keys would be ours, because they share our database.
        var metadata = new Uri(theirs.CreateClient().BaseAddress!, "/.well-known/openid-configuration");
        await using var ours = await api.AnotherAsync(
            ("Tokens:Trusted:corp:Issuer", "https://theirs.example/"),
            ("Tokens:Trusted:corp:Metadata", metadata.ToString()),
            ("Tokens:Trusted:corp:Audience", "us"),
            ("Tokens:Trusted:corp:Roles:0", "operator"),
            ("Tokens:Trusted:corp:NameClaim", "name")
        );
        var (olga, root) = (await api.UserAsync(UserRoles.Operator), await api.UserAsync(UserRoles.Admin));
        var token = await theirs.CreateClient().AccessTokenAsync(olga);
        var client = ours.CreateClient();

        using var trusted = await client.GetAsync("/operator-tasks", token);
        using var beyond = await client.GetAsync("/operator-tasks", await theirs.CreateClient().AccessTokenAsync(root));
        using var elsewhere = await anybody.GetAsync("/operator-tasks", token);

        Assert.Equal(HttpStatusCode.OK, trusted.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, beyond.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
        using var resolve = new HttpRequestMessage(HttpMethod.Put, "/products/LAMP-DESK") { Content = JsonContent.Create(new { }) };
        resolve.Headers.Authorization = new("Bearer", token);
        using var forbidden = await client.SendAsync(resolve, Now);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public async Task XDevActor_is_believed_in_Development_and_for_this_machines_own_name_only()
    {
        await using var production = await api.AnotherAsync(("environment", "Production"));
        using var there = await SendAsync(production.CreateClient());
        using var here = await SendAsync(anybody);
        using var rebound = await SendAsync(anybody, ("Host", "shop.example"));
        using var passedOn = await SendAsync(anybody, ("X-Forwarded-For", "192.0.2.1"));

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (there.StatusCode, here.StatusCode, rebound.StatusCode, passedOn.StatusCode)
        );

        static async Task<HttpResponseMessage> SendAsync(HttpClient client, (string Name, string Value)? header = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/operator-tasks");
            request.Headers.Add("X-Dev-Actor", "operator:olga");
            if (header is { } more)
            {
                request.Headers.TryAddWithoutValidation(more.Name, more.Value);
            }

            return await client.SendAsync(request, Now);
        }
    }

    private static TokenKeyRing Ring(ApiApplication.Host host) =>
        Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<TokenKeyRing>(host.Services);

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;

    private static async Task<IReadOnlyList<string?>> KeysAsync(HttpClient client) =>
        [
            .. (await client.GetFromJsonAsync<JsonElement>("/oauth/jwks", Now))
                .GetProperty("keys")
                .EnumerateArray()
                .Select(key => key.GetProperty("kid").GetString()),
        ];
}
