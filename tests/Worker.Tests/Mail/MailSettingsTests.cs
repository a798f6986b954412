using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Worker.Mail;

namespace TemporalDelivery.Worker.Tests.Mail;

public sealed class MailSettingsTests
{
    [Theory]
    [InlineData("Mail:Folder=mails", "Mail:From is ''; expected an address like shop@example.com")]
    [InlineData("Mail:Smtp:Host=h Mail:From=shop", "Mail:From is 'shop'; expected an address like shop@example.com")]
    [InlineData("Mail:Folder=/dev/null/mails Mail:From=shop@example.com", "Mail:Folder is '/dev/null/mails', which cannot be made: ")]
    [InlineData("Mail:Smtp:Security=Sometimes", "Mail:Smtp:Security")]
    [InlineData("Mail:Smtp:Port=65536", "Mail:Smtp:Port")]
    [InlineData("Mail:Smpt:Host=h", "Smpt")]
    [InlineData("Mail:Smtp:Host=h Mail:From=shop@example.com Receipts:Keys:0=short", "Receipts:Keys:0")]
    public void A_wrong_setting_is_told_at_the_start(string settings, string fault) =>
        Assert.Contains(fault, Assert.Throws<ConfigurationException>(() => Build(settings)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", null)]
    [InlineData("Mail:From=shop@example.com", null)]
    // What a login shell sets on many a machine.
    [InlineData("MAIL=/var/mail/root", null)]
    [InlineData("Mail:Smtp:Host=h Mail:From=shop@example.com", typeof(SmtpTransport))]
    [InlineData("Mail:Folder=. Mail:From=shop@example.com", typeof(FolderTransport))]
    [InlineData("Mail:Folder=. Mail:Smtp:Host=h Mail:From=shop@example.com", typeof(SmtpTransport))]
    public void Mails_go_to_the_mail_server_else_into_the_folder_else_there_are_none(string settings, Type? expected)
    {
        using var host = Build(settings);

        Assert.Equal(expected, host.Services.GetService<IMailTransport>()?.GetType());
    }

    private static IHost Build(string settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (setting.Split('=')[0], setting.Split('=')[1]);
            builder.Configuration[key] = value;
        }

        builder.AddMail();
        return builder.Build();
    }
}
