using System.Net;
using System.Reflection;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// The templates of all kinds of mails in all languages, from the files in <c>Templates</c>: subject and text in
/// <c>order-accepted.en.txt</c>, the words for causes in <c>causes.en.txt</c>, and what is around the HTML in <c>layout.html</c>. All are
/// read at the start, so that what is wrong with one is seen there.
/// </summary>
internal sealed class MailTemplates
{
    private const string SubjectMark = "Subject: ";
    private const string OtherCause = "OTHER";

    private static readonly string[] Languages = ["de", "en"];

    // What a template of a kind may say, and what it may say in a block.
    private static readonly Dictionary<MailKind, (string[] Values, string[] Optional)> Names = new()
    {
        [MailKind.OrderAccepted] = (["name", "order", "lines", "total"], []),
        [MailKind.OnItsWay] = (["name", "order"], ["tracking", "pin"]),
        [MailKind.Delivered] = (["name", "order"], ["pin", "until"]),
        [MailKind.ReceiptReminder] = (["name", "order"], ["pin", "until"]),
        [MailKind.DeliveryFailed] = (["name", "order", "cause"], []),
        [MailKind.OrderFailed] = (["name", "order", "cause"], ["refunded", "uncharged", "owed", "othermeans", "later"]),
        [MailKind.OrderCancelled] = (["name", "order"], ["refunded", "uncharged", "owed"]),
        [MailKind.VoucherEarned] = (["name", "order", "code", "amount"], []),
    };

    private static readonly IEnumerable<string> KnownCauses =
    [
        .. WireNames.All<DeliveryFailureReason>(),
        OrderFailure.OrderInvalid,
        OrderFailure.OutOfStock,
        OrderFailure.PaymentDeclined,
        OrderFailure.PaymentTimedOut,
        OtherCause,
    ];

    private readonly Dictionary<(MailKind Kind, string Language), (MailTemplate Subject, MailTemplate Text)> templates = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> causes = [];
    private readonly MailTemplate layout;

    /// <exception cref="ConfigurationException">A template is missing or wrong.</exception>
    public MailTemplates()
        : this(ReadEmbedded) { }

    internal MailTemplates(Func<string, string?> read)
    {
        foreach (var language in Languages)
        {
            foreach (var (kind, (values, optional)) in Names)
            {
                var file = $"{kind.WireName().ToLowerInvariant().Replace('_', '-')}.{language}.txt";
                templates[(kind, language)] = Parse(file, text => Split(text, values, optional));
            }

            causes[language] = Parse($"causes.{language}.txt", Causes);
        }

        layout = Parse("layout.html", text => MailTemplate.Parse(text, ["language", "subject", "body"], []));

        T Parse<T>(string file, Func<string, T> parse)
        {
            try
            {
                return parse(read(file) ?? throw new FormatException("there is none"));
            }
            catch (FormatException failure)
            {
                throw new ConfigurationException($"the mail template {file} is wrong: {failure.Message}", failure);
            }
        }
    }

    /// <summary>What a mail says.</summary>
    public MailContent Write(MailKind kind, string language, IReadOnlyDictionary<string, string> values)
    {
        var (subject, text) = templates[(kind, language)];
        var title = subject.Render(values);
        var html = new Dictionary<string, string>
        {
            ["language"] = language,
            ["subject"] = WebUtility.HtmlEncode(title),
            ["body"] = Html(text.Render(values, WebUtility.HtmlEncode!)),
        };
        return new(title, Paragraphs(text.Render(values)), layout.Render(html));
    }

    /// <summary>The customer's words for the cause of a failure; those for any other where it has none.</summary>
    public string Cause(string? code, string language) =>
        causes[language].GetValueOrDefault(code ?? OtherCause) ?? causes[language][OtherCause];

    private static string? ReadEmbedded(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Templates/{file}");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static (MailTemplate Subject, MailTemplate Text) Split(string text, string[] values, string[] optional)
    {
        var lines = text.Split('\n', 2);
        return lines.Length == 2 && lines[0].StartsWith(SubjectMark, StringComparison.Ordinal)
            ? (
                MailTemplate.Parse(lines[0][SubjectMark.Length..].TrimEnd(), values, []),
                MailTemplate.Parse(lines[1].ReplaceLineEndings("\n"), values, optional)
            )
            : throw new FormatException($"its first line is no '{SubjectMark}'");
    }

    private static Dictionary<string, string> Causes(string text)
    {
        var words = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(
                pair => pair[0],
                pair => pair.Length == 2 ? pair[1].Trim() : throw new FormatException($"{pair[0]} says nothing")
            );
        return KnownCauses.FirstOrDefault(cause => !words.ContainsKey(cause)) is { } missing
            ? throw new FormatException($"it has no words for {missing}")
            : words;
    }

    // What blocks have left out leaves no gaps.
    private static string Paragraphs(string text) =>
        $"{string.Join("\n\n", text.Split("\n\n").Select(paragraph => paragraph.Trim('\n')).Where(paragraph => paragraph.Length > 0))}\n";

    private static string Html(string text) =>
        string.Join(
            '\n',
            Paragraphs(text)
                .Split("\n\n")
                .Select(paragraph => paragraph.TrimEnd())
                .Select(paragraph =>
                    paragraph.StartsWith("  ", StringComparison.Ordinal)
                        ? $"<p><strong>{Lines(paragraph)}</strong></p>"
                        : $"<p>{Lines(paragraph)}</p>"
                )
        );

    private static string Lines(string paragraph) => string.Join("<br>\n", paragraph.Split('\n').Select(line => line.Trim()));
}

/// <summary>What a mail says.</summary>
/// <param name="Subject">In one line.</param>
/// <param name="Text">As text.</param>
/// <param name="Html">The same as HTML.</param>
internal sealed record MailContent(string Subject, string Text, string Html);
