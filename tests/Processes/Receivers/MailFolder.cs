using System.Text.Json;
using MimeKit;

namespace TemporalDelivery.Tests.Processes.Receivers;

/// <summary>
/// The folder that mails are written to, which is looked at with each writing: a mail that is written again is one file all the same.
/// </summary>
public sealed class MailFolder : IDisposable
{
    /// <summary>The outbox reader that writes them.</summary>
    public const string Reader = "mail";

    /// <summary>Who receives them.</summary>
    public const string Receiver = "folder";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly List<ReceivedMessage> received = [];
    private readonly string folder;
    private readonly FileSystemWatcher watcher;
    private Exception? failure;

    /// <summary>Makes the folder, and looks at it from now on.</summary>
    public MailFolder(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        watcher = new FileSystemWatcher(folder, "*.eml") { NotifyFilter = NotifyFilters.FileName };
        watcher.Renamed += (_, file) => Receive(file.FullPath);
        watcher.Created += (_, file) => Receive(file.FullPath);
        watcher.Error += (_, error) => failure = error.GetException();
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>How the worker is told to write them there.</summary>
    public IReadOnlyList<string> Settings => [$"--Mail:Folder={folder}", "--Mail:From=The shop <shop@shop.example>"];

    /// <summary>All that was written, as soon as each file has been looked at.</summary>
    /// <exception cref="InvalidOperationException">Something was written that cannot be read, or was not looked at.</exception>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceivedAsync(CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(folder, "*.eml").Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();
        using var look = new PeriodicTimer(Look);
        while (true)
        {
            if (failure is not null)
            {
                throw new InvalidOperationException($"what was written to {folder} is not known: {failure.Message}", failure);
            }

            lock (received)
            {
                if (files.IsSubsetOf(received.Select(mail => mail.EventId)))
                {
                    return [.. received];
                }
            }

            await look.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => watcher.Dispose();

    // The watcher calls it for one file after the other. What it throws nobody would hear of.
    private void Receive(string file)
    {
        try
        {
            using var mail = MimeMessage.Load(file);
            var content = new
            {
                to = mail.To.Mailboxes.Single().Address,
                date = mail.Date,
                subject = mail.Subject,
                text = mail.TextBody,
            };
            lock (received)
            {
                received.Add(new(Reader, Receiver, received.Count, mail.MessageId!, JsonSerializer.Serialize(content), IsSigned: true));
            }
        }
        catch (Exception unreadable)
        {
            failure = unreadable;
        }
    }
}
