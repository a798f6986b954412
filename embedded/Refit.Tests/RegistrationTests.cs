using Microsoft.Extensions.DependencyInjection;

namespace Refit.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_registered_client_has_its_address_its_settings_and_its_handlers()
    {
        var echo = new Echo(body: """{"name":"Lamp","priceCents":1}""");
        var services = new ServiceCollection();
        services.AddRefitClient<IShop>(new RefitSettings { HttpMessageHandlerFactory = () => echo })
            .ConfigureHttpClient(client => client.BaseAddress = new("http://registered.test"));
        await using var provider = services.BuildServiceProvider();

        var item = await provider.GetRequiredService<IShop>().GetAsync(Guid.Empty, TestContext.Current.CancellationToken);

        Assert.Equal("Lamp", item.Name);
        Assert.Equal("registered.test", echo.Request.RequestUri!.Host);
    }

    [Fact]
    public async Task The_settings_complete_an_authorization_that_has_its_scheme_alone()
    {
        var echo = new Echo();
        var services = new ServiceCollection();
        services.AddRefitClient<IGuarded>(_ => new RefitSettings
        {
            HttpMessageHandlerFactory = () => echo,
            AuthorizationHeaderValueGetter = (_, _) => Task.FromResult("token"),
        }).ConfigureHttpClient(client => client.BaseAddress = new("http://registered.test"));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IGuarded>().PingAsync();

        Assert.Equal("Bearer token", echo.Request.Headers.Authorization!.ToString());
    }

    [Headers("Authorization: Bearer")]
    internal interface IGuarded
    {
        [Get("/ping")]
        Task PingAsync();
    }
}
