using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>The rows that a run must show, as a Markdown file with one table in it.</summary>
internal static class Expectation
{
    private const string Preface = """
        # What `./temporal-dev.sh demo --all` must show

        One row for each scenario, and in it what everybody saw of it: the customer and the operator by the API, the payment provider and the partner in
        their own ledgers, a merchant by its webhooks (signatures checked), order management by the broker. Amounts are cents.
        A run that shows anything else fails. `./temporal-dev.sh demo --all --record FILE` writes the file anew, to be read before it is committed.
        On a machine without RabbitMQ the column broker says "no broker here", and so do the rows whose names begin with "broker".


        """;

    /// <summary>The first two lines of the table.</summary>
    public static string Head { get; } =
        $"| scenario | {string.Join(" | ", Row.Columns)} |\n|{string.Concat(Enumerable.Repeat("---|", Row.Columns.Count + 1))}";

    /// <summary>Reads the file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or has no such table.</exception>
    public static IReadOnlyList<Row> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigurationException($"the expectation {path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Reads the table.</summary>
    /// <exception cref="FormatException">It is none of such rows; the message says where.</exception>
    public static IReadOnlyList<Row> Parse(string text)
    {
        var lines = text.Split('\n')
            .Select((line, index) => (Text: line.Trim(), Number: index + 1))
            .Where(line => line.Text.StartsWith('|'))
            .ToList();
        if (lines.Count < 2 || $"{lines[0].Text}\n{lines[1].Text}" != Head)
        {
            throw new FormatException($"its table does not begin with {Head.Split('\n')[0]}");
        }

        var rows = new List<Row>();
        foreach (var (line, number) in lines.Skip(2))
        {
            var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != Row.Columns.Count + 1)
            {
                throw new FormatException($"line {number} has {cells.Length} cells, not {Row.Columns.Count + 1}");
            }

            if (rows.Any(row => row.Scenario == cells[0]))
            {
                throw new FormatException($"line {number} is another row '{cells[0]}'");
            }

            rows.Add(new(cells[0], cells[1..]));
        }

        return rows;
    }

    /// <summary>The file's text with these rows.</summary>
    public static string Write(IEnumerable<Row> rows) => $"{Preface}{Head}\n{string.Concat(rows.Select(row => $"{row.Line}\n"))}";
}
