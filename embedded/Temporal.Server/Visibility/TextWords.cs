namespace Temporal.Server.Visibility;

/// <summary>The words of a Text attribute: runs of letters and digits, lower case. Two texts match when they share one.</summary>
internal static class TextWords
{
    public static string[] Of(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && char.IsLetterOrDigit(text[end]))
            {
                end++;
            }

            if (end > start)
            {
                words.Add(text[start..end].ToLowerInvariant());
            }

            start = end + 1;
        }

        return [.. words];
    }
}
