using System.Text;
using Temporal.Server.Rpc;

namespace Temporal.Server.Visibility;

/// <summary>Cuts a list filter into tokens.</summary>
internal static class FilterTokenizer
{
    public static IReadOnlyList<FilterToken> Tokenize(string query)
    {
        var tokens = new List<FilterToken>();
        for (var at = 0; ;)
        {
            while (at < query.Length && char.IsWhiteSpace(query[at]))
            {
                at++;
            }

            if (at == query.Length)
            {
                tokens.Add(new FilterToken(FilterTokenKind.End, "", at + 1));
                return tokens;
            }

            tokens.Add(Next(query, ref at));
        }
    }

    internal static RpcException Error(int position, string what) =>
        RpcException.InvalidArgument($"invalid query: {what} at position {position}");

    private static FilterToken Next(string query, ref int at)
    {
        var start = at;
        switch (query[at])
        {
            case '\'' or '"' or '`':
                return Quoted(query, ref at);
            case '(' or ')' or ',' or '=':
                at++;
                return new FilterToken(FilterTokenKind.Symbol, query[start..at], start + 1);
            case '!' or '<' or '>':
                at++;
                if (at < query.Length && (query[at] == '=' || query[start..(at + 1)] == "<>"))
                {
                    at++;
                }

                var symbol = query[start..at];
                return symbol == "!"
                    ? throw Error(start + 1, "unexpected \"!\"")
                    : new FilterToken(FilterTokenKind.Symbol, symbol == "<>" ? "!=" : symbol, start + 1);
            case var c
                when char.IsAsciiDigit(c)
                    || (c is '-' or '+' or '.' && at + 1 < query.Length && (char.IsAsciiDigit(query[at + 1]) || query[at + 1] == '.')):
                return Number(query, ref at);
            case var c when char.IsLetter(c) || c == '_':
                while (at < query.Length && (char.IsLetterOrDigit(query[at]) || query[at] is '_' or '-' or '.'))
                {
                    at++;
                }

                return new FilterToken(FilterTokenKind.Word, query[start..at], start + 1);
            case var c:
                throw Error(start + 1, $"unexpected \"{c}\"");
        }
    }

    private static FilterToken Number(string query, ref int at)
    {
        var start = at++;
        while (
            at < query.Length
            && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '.' || (query[at] is '+' or '-' && query[at - 1] is 'e' or 'E'))
        )
        {
            at++;
        }

        return new FilterToken(FilterTokenKind.Number, query[start..at], start + 1);
    }

    private static FilterToken Quoted(string query, ref int at)
    {
        var start = at++;
        var quote = query[start];
        var text = new StringBuilder();
        while (at < query.Length)
        {
            var c = query[at++];
            if (c == '\\' && quote != '`' && at < query.Length)
            {
                text.Append(Unescape(query[at++]));
            }
            else if (c != quote)
            {
                text.Append(c);
            }
            else if (at < query.Length && query[at] == quote)
            {
                // A doubled quote stands for itself, as in SQL.
                text.Append(quote);
                at++;
            }
            else
            {
                return new FilterToken(quote == '`' ? FilterTokenKind.Name : FilterTokenKind.String, text.ToString(), start + 1);
            }
        }

        throw Error(start + 1, $"no closing {quote} for the one");
    }

    private static char Unescape(char c) =>
        c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            _ => c,
        };
}
