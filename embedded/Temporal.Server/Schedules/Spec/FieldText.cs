using System.Globalization;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace Temporal.Server.Schedules.Spec;

/// <summary>
/// Reads a field's text: <c>*</c>, <c>x</c>, <c>x-z</c>, each with an optional <c>/step</c>, and lists of those. Months and days of the
/// week may be named, in full or by at least three letters; day 7 is Sunday.
/// </summary>
internal static class FieldText
{
    private const int ShortestName = 3;
    private const int OtherSunday = 7;

    /// <summary>The ranges that a text names; none for every year.</summary>
    /// <param name="field">The field.</param>
    /// <param name="text">Its text.</param>
    /// <param name="missing">What an empty text stands for.</param>
    /// <exception cref="ScheduleSpecException">The text is malformed.</exception>
    public static IReadOnlyList<Range> Parse(CalendarField field, string text, string missing)
    {
        text = text.Trim();
        text = text.Length == 0 ? missing : text;
        if (text == "*" && field == CalendarField.Year)
        {
            return [];
        }

        return [.. text.Split(',').SelectMany(part => ParsePart(field, text, part.Trim()))];
    }

    private static IEnumerable<Range> ParsePart(CalendarField field, string text, string part)
    {
        var pieces = part.Split('/');
        var hasStep = pieces.Length == 2;
        var step = 1;
        if (
            pieces.Length > 2
            || (hasStep && (!int.TryParse(pieces[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step < 1))
        )
        {
            throw Malformed(field, text);
        }

        var range = pieces[0].Trim();
        if (range == "*")
        {
            return
            [
                new Range
                {
                    Start = field.Low,
                    End = field.High,
                    Step = step,
                },
            ];
        }

        var ends = range.Split('-');
        var highest = field == CalendarField.DayOfWeek ? OtherSunday : field.High;
        var start = Value(field, text, ends[0], highest);
        var end =
            ends.Length == 2 ? Value(field, text, ends[1], highest)
            : hasStep ? field.High
            : start;
        if (ends.Length > 2 || end < start)
        {
            throw Malformed(field, text);
        }

        return field == CalendarField.DayOfWeek && end == OtherSunday
            ? WithOtherSunday(start, step)
            :
            [
                new Range
                {
                    Start = start,
                    End = end,
                    Step = step,
                },
            ];
    }

    private static IEnumerable<Range> WithOtherSunday(int start, int step)
    {
        if (start < OtherSunday)
        {
            yield return new Range
            {
                Start = start,
                End = OtherSunday - 1,
                Step = step,
            };
        }

        if ((OtherSunday - start) % step == 0)
        {
            yield return new Range
            {
                Start = 0,
                End = 0,
                Step = 1,
            };
        }
    }

    private static int Value(CalendarField field, string text, string word, int highest)
    {
        word = word.Trim();
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= field.Low && number <= highest ? number : throw Malformed(field, text);
        }

        var named =
            word.Length < ShortestName || field.Names is null
                ? -1
                : Array.FindIndex(field.Names, name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase));
        return named >= 0 ? named : throw Malformed(field, text);
    }

    private static ScheduleSpecException Malformed(CalendarField field, string text) =>
        new($"{field.Name} is not in the right format: \"{text}\"");
}
