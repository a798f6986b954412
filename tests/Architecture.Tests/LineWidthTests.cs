namespace TemporalDelivery.Architecture.Tests;

/// <summary>Two files fit beside each other on a screen.</summary>
public sealed class LineWidthTests
{
    private const int Columns = 140;

    [Fact]
    public void No_line_is_wider_than_the_editor_is_told() =>
        Assert.Contains($"max_line_length = {Columns}", Repository.Read(".editorconfig"), StringComparison.Ordinal);

    // A text cannot be broken without changing it, or becoming harder to search for.
    [Fact]
    public void Code_is_at_most_140_columns_wide_texts_aside() =>
        Assert.Empty(
            from file in Repository.Files
            where file.EndsWith(".cs", StringComparison.Ordinal)
            from line in WithoutRawTexts(Repository.Read(file)).Select((text, index) => (Text: text, Number: index + 1))
            where line.Text.Length > Columns && !line.Text.Contains('"', StringComparison.Ordinal) && !line.Text.Contains("</c>", StringComparison.Ordinal)
            select $"{file}:{line.Number}"
        );

    private static IEnumerable<string> WithoutRawTexts(string source)
    {
        var isInRawText = false;
        foreach (var line in source.Split('\n'))
        {
            yield return isInRawText ? "" : line;
            if (line.Split("\"\"\"").Length % 2 == 0)
            {
                isInRawText = !isInRawText;
            }
        }
    }
}
