using System.Reflection;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Worker.Mail;

namespace TemporalDelivery.Worker.Tests.Mail;

public sealed class MailTemplateTests
{
    [Theory]
    [InlineData("on-its-way.de.txt", null, "there is none")]
    [InlineData("delivered.en.txt", "Dear {{name}}", "its first line is no 'Subject: '")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{nickname}}", "{{nickname}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{pin}}", "{{pin}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: {{#pin}}Hello{{/pin}}\n", "{{#pin}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{#name}}x{{/name}}", "{{#name}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{#pin}}{{until}}{{/pin}}", "{{until}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{#pin}}{{#until}}{{/until}}{{/pin}}", "{{#until}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{#pin}}{{/until}}", "{{/until}} has no place there")]
    [InlineData("delivered.en.txt", "Subject: Hello\n{{#pin}}{{pin}}", "{{#pin}} does not end")]
    [InlineData("causes.de.txt", "OTHER: irgendetwas", "it has no words for WRONG_ADDRESS")]
    [InlineData("causes.de.txt", "OTHER", "OTHER says nothing")]
    [InlineData("layout.html", "<html>{{text}}</html>", "{{text}} has no place there")]
    public void A_template_that_is_missing_or_wrong_is_told_at_the_start(string file, string? text, string fault)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => new MailTemplates(name => name == file ? text : Embedded(name)));

        Assert.Equal($"the mail template {file} is wrong: {fault}", refusal.Message);
    }

    [Theory]
    [InlineData("", "Hello.")]
    [InlineData("123456", "Hello. The PIN is 123456!")]
    public void A_block_is_left_out_when_its_value_is_empty(string pin, string expected) =>
        Assert.Equal(
            expected,
            MailTemplate
                .Parse("{{greeting}}.{{#pin}} The PIN is {{pin}}!{{/pin}}", ["greeting"], ["pin"])
                .Render(new Dictionary<string, string> { ["greeting"] = "Hello", ["pin"] = pin })
        );

    [Fact]
    public void What_a_block_leaves_out_leaves_no_gap()
    {
        var templates = new MailTemplates(name =>
            name == "delivered.en.txt" ? "Subject: Hello\n\nOne.\n\n{{#pin}}Two.{{/pin}}\n\n  Three.\n" : Embedded(name)
        );

        var mail = templates.Write(MailKind.Delivered, "en", new Dictionary<string, string> { ["pin"] = "" });

        Assert.Equal("One.\n\n  Three.\n", mail.Text);
        Assert.Contains("<p>One.</p>\n<p><strong>Three.</strong></p>\n</body>", mail.Html, StringComparison.Ordinal);
    }

    private static string Embedded(string file)
    {
        using var stream = Assembly.GetAssembly(typeof(MailTemplates))!.GetManifestResourceStream($"Templates/{file}");
        using var reader = new StreamReader(stream!);
        return reader.ReadToEnd();
    }
}
