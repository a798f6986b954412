using System.Globalization;
using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>
/// Turns a literal into its column's type: string (Keyword, KeywordList), string[] of words (Text), long (Int; nanoseconds for
/// ExecutionDuration; the number for ExecutionStatus), double, bool, DateTimeOffset.
/// </summary>
internal static class FilterValues
{
    private const decimal NanosecondsPerSecond = 1_000_000_000m;

    public static object Read(SearchAttributeColumn column, FilterToken token)
    {
        if (
            token.Kind is not (FilterTokenKind.String or FilterTokenKind.Number)
            && !(column.Type == IndexedValueType.Bool && token.Kind == FilterTokenKind.Word)
        )
        {
            throw FilterTokenizer.Error(token.Position, $"expected a value for {column.Name}, found {token}");
        }

        return (column.Name, column.Type) switch
        {
            ("ExecutionStatus", _) when column.IsSystem => Status(column, token),
            ("ExecutionDuration", _) when column.IsSystem => Duration(token.Text)
                ?? throw Mismatch(column, token, "nanoseconds, '1h30m' or '01:30:00'"),
            (_, IndexedValueType.Text) => token.Kind == FilterTokenKind.String
                ? TextWords.Of(token.Text)
                : throw Mismatch(column, token, "a text in quotes"),
            (_, IndexedValueType.Int) => long.TryParse(
                token.Text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : throw Mismatch(column, token, "a whole number"),
            (_, IndexedValueType.Double) => double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Mismatch(column, token, "a number"),
            (_, IndexedValueType.Bool) => bool.TryParse(token.Text, out var truth) ? truth : throw Mismatch(column, token, "true or false"),
            (_, IndexedValueType.Datetime) => Time(token)
                ?? throw Mismatch(column, token, "an RFC 3339 time in quotes, or nanoseconds since 1970"),
            _ => token.Kind == FilterTokenKind.String ? token.Text : throw Mismatch(column, token, "a text in quotes"),
        };
    }

    private static object Status(SearchAttributeColumn column, FilterToken token)
    {
        if (token.Kind == FilterTokenKind.Number)
        {
            return
                long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && Enum.IsDefined((WorkflowExecutionStatus)number)
                ? number
                : throw Mismatch(column, token, "a status by name or number");
        }

        var name = token.Text.StartsWith("WORKFLOW_EXECUTION_STATUS_", StringComparison.Ordinal)
            ? token.Text["WORKFLOW_EXECUTION_STATUS_".Length..].Replace("_", "", StringComparison.Ordinal)
            : token.Text;
        return name.Length > 0 && char.IsLetter(name[0]) && Enum.TryParse<WorkflowExecutionStatus>(name, ignoreCase: true, out var status)
            ? (long)status
            : throw Mismatch(column, token, "a status by name or number");
    }

    private static DateTimeOffset? Time(FilterToken token)
    {
        if (token.Kind == FilterTokenKind.Number)
        {
            return long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds)
                ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
                : null;
        }

        return Rfc3339.Parse(token.Text);
    }

    private static long? Duration(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            return nanoseconds;
        }

        if (text.Split(':') is [var hours, var minutes, var seconds])
        {
            return
                int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
                && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
                && m < 60
                && decimal.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var s)
                && s < 60
                ? (long)(((h * 3600m) + (m * 60m) + s) * NanosecondsPerSecond)
                : null;
        }

        return GoDuration.ParseNanoseconds(text);
    }

    private static RpcException Mismatch(SearchAttributeColumn column, FilterToken token, string expected) =>
        FilterTokenizer.Error(
            token.Position,
            $"invalid value for search attribute {column.Name} of type {column.Type}: {token} (expected {expected})"
        );
}
