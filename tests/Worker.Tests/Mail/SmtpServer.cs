using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace TemporalDelivery.Worker.Tests.Mail;

/// <summary>A mail that the server has taken.</summary>
internal sealed record ReceivedMail(string Recipient, MimeMessage Message)
{
    public string Text => Message.TextBody!;

    public string Html => Message.HtmlBody!;
}

/// <summary>A small mail server on the loopback interface, which can be stopped and started again on its port.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly List<ReceivedMail> received = [];
    private readonly List<Task> sessions = [];
    private readonly SemaphoreSlim arrived = new(0);
    private CancellationTokenSource running = new();
    private Task accepting = Task.CompletedTask;
    private TcpListener listener = new(IPAddress.Loopback, 0);

    private SmtpServer() { }

    /// <summary>Where it listens, or will again.</summary>
    public int Port { get; private set; }

    /// <summary>What it answers to a recipient; null: that it takes the mail.</summary>
    public Func<string, string?> Refuse { get; set; } = _ => null;

    /// <summary>What it does before it says that it has a mail: when that fails it hangs up instead.</summary>
    public Func<CancellationToken, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whom it lets in, as <c>user:password</c>; null: anybody.</summary>
    public string? Login { get; init; }

    /// <summary>The mails, in the order in which they came.</summary>
    public IReadOnlyList<ReceivedMail> Received
    {
        get
        {
            lock (gate)
            {
                return [.. received];
            }
        }
    }

    public static SmtpServer Start(string? login = null)
    {
        var server = new SmtpServer { Login = login };
        server.Listen();
        return server;
    }

    /// <summary>Listens again after it was stopped.</summary>
    public void Listen()
    {
        running = new CancellationTokenSource();
        while (!TryListen(Port > 0 ? Port : Random.Shared.Next(20_000, 32_000)))
        {
            // Somebody else has that port.
        }

        accepting = AcceptAsync(running.Token);
    }

    /// <summary>Hangs up on everybody, and listens no more.</summary>
    public async Task StopAsync()
    {
        await running.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(sessions);
        running.Dispose();
        sessions.Clear();
    }

    /// <summary>Waits until it has so many mails.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> UntilAsync(int count)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (Received.Count < count)
        {
            await arrived.WaitAsync(deadline.Token);
        }

        return Received;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        arrived.Dispose();
    }

    // No port that the system gives to connections: while nobody listens, one of those to it would be connected to itself.
    private bool TryListen(int port)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            Port = port;
            return true;
        }
        catch (SocketException taken) when (Port == 0 && taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private async Task AcceptAsync(CancellationToken stopped)
    {
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopped), stopped));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stopped)
    {
        using var connection = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            await writer.WriteLineAsync("220 localhost");
            var recipient = "";
            var isKnown = Login is null;
            while (await reader.ReadLineAsync(stopped) is { } line)
            {
                switch (line.Split(' ')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await writer.WriteAsync("250-localhost\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN\r\n");
                        break;
                    case "AUTH":
                        isKnown = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])) == $"\0{Login?.Replace(':', '\0')}";
                        await writer.WriteLineAsync(isKnown ? "235 2.7.0 come in" : "535 5.7.8 who are you?");
                        break;
                    case "MAIL":
                        await writer.WriteLineAsync(isKnown ? "250 2.1.0 go on" : "530 5.7.0 who are you?");
                        break;
                    case "RCPT":
                        recipient = line.Split('<', '>')[1];
                        await writer.WriteLineAsync(Refuse(recipient) ?? "250 2.1.5 go on");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        await ReceiveAsync(recipient, reader, stopped);
                        await BeforeAnswer(stopped);
                        await writer.WriteLineAsync("250 2.0.0 we have it");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 2.0.0 bye");
                        return;
                    default:
                        await writer.WriteLineAsync("250 2.0.0 if you say so");
                        break;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // One of the two has hung up.
        }
    }

    private async Task ReceiveAsync(string recipient, StreamReader reader, CancellationToken stopped)
    {
        using var data = new MemoryStream();
        while (await reader.ReadLineAsync(stopped) is { } line && line != ".")
        {
            data.Write(Encoding.Latin1.GetBytes($"{(line.StartsWith('.') ? line[1..] : line)}\r\n"));
        }

        data.Position = 0;
        var message = await MimeMessage.LoadAsync(data, stopped);
        lock (gate)
        {
            received.Add(new(recipient, message));
        }

        arrived.Release();
    }
}
