using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Worker.Relays;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Worker.Mail;

/// <summary>Registers what writes to customers.</summary>
internal static class MailSetup
{
    /// <summary>
    /// Mails go to <c>Mail:Smtp</c>, else into <c>Mail:Folder</c>; where neither is set there are none, and nobody reads the events for
    /// them.
    /// </summary>
    /// <exception cref="ConfigurationException">A setting, or a template, is wrong.</exception>
    public static void AddMail(this HostApplicationBuilder builder)
    {
        var options = builder.Configuration.Section<MailOptions>("Mail");
        if (!options.IsOn)
        {
            return;
        }

        builder.Services.TryAddSingleton(new ReceiptPin(builder.Configuration.Keys("Receipts:Keys")));
        builder.Services.AddSingleton(options.Sender);
        builder.Services.AddSingleton(new MailTemplates());
        builder.Services.AddSingleton<IMailTransport>(
            string.IsNullOrEmpty(options.Smtp.Host) ? new FolderTransport(options.Folder!) : new SmtpTransport(options.Smtp)
        );
        builder.Services.AddSingleton<MailWriter>();
        builder.AddOutboxReader<MailReader>();
        builder.Services.AddHostedService<MailSender>();
    }
}
