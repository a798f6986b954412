using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>One numbered SQL script.</summary>
/// <param name="Number">Its place in the order of all, from 1.</param>
/// <param name="FileName">The file it comes from, <c>NNNN_name.sql</c>.</param>
/// <param name="Sql">What it runs, in one transaction.</param>
public sealed partial record Migration(int Number, string FileName, string Sql)
{
    /// <summary>SHA-256 of the text in lower-case hexadecimal; line ends do not count because a checkout may change them.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The script of that file name, which begins with its number.</summary>
    /// <exception cref="MigrationException">The file name is not of the form <c>NNNN_name.sql</c>.</exception>
    public static Migration Of(string fileName, string sql)
    {
        var match = FileNamePattern().Match(fileName);
        return match.Success
            ? new Migration(int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), fileName, sql)
            : throw new MigrationException($"Migration {fileName} must be named NNNN_name.sql, in lower case.");
    }

    [GeneratedRegex("^(?<number>[0-9]{4})_[a-z0-9_]+\\.sql$")]
    private static partial Regex FileNamePattern();
}
