using MimeKit;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// Writes mails into a folder, for where there is no mail server: a file each, that is named after the event it tells of.
/// </summary>
internal sealed class FolderTransport : IMailTransport, IMailSession
{
    private readonly string folder;

    /// <exception cref="ConfigurationException">The folder cannot be made.</exception>
    public FolderTransport(string folder)
    {
        this.folder = folder;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"Mail:Folder is '{folder}', which cannot be made: {failure.Message}", failure);
        }
    }

    public Task<IMailSession> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IMailSession>(this);

    // Whoever reads the folder sees whole mails only.
    public async Task<MailRefusal?> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, $"{message.MessageId!.Split('@')[0]}.eml");
        await message.WriteToAsync($"{file}.part", cancellationToken);
        File.Move($"{file}.part", file, overwrite: true);
        return null;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
