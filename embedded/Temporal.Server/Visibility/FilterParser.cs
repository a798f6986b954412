using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>
/// Reads Temporal's list filter: the WHERE part of SQL over search attributes, without functions, arithmetic or sub-queries.
/// NOT binds tighter than AND, AND tighter than OR. Errors are INVALID_ARGUMENT and say at which character.
/// </summary>
internal sealed class FilterParser
{
    // Each level of brackets is a level of recursion.
    private const int MaximumDepth = 200;

    private readonly IReadOnlyList<FilterToken> tokens;
    private readonly IReadOnlyDictionary<string, IndexedValueType> custom;
    private int next;
    private int depth;

    private FilterParser(string query, IReadOnlyDictionary<string, IndexedValueType> custom)
    {
        tokens = FilterTokenizer.Tokenize(query);
        this.custom = custom;
    }

    private FilterToken Current => tokens[next];

    /// <summary>Parses a filter; empty means everything.</summary>
    /// <exception cref="RpcException">The filter is wrong.</exception>
    public static ListFilter Parse(string query, IReadOnlyDictionary<string, IndexedValueType> custom)
    {
        var parser = new FilterParser(query, custom);
        var expression =
            parser.Current.Kind == FilterTokenKind.End || parser.Current.IsWord("GROUP") || parser.Current.IsWord("ORDER")
                ? null
                : parser.Or(negated: false);
        var grouped = parser.GroupBy();
        if (parser.Current.IsWord("ORDER"))
        {
            throw FilterTokenizer.Error(parser.Current.Position, "operation is not supported: 'ORDER BY' clause");
        }

        if (parser.Current.IsWord("LIMIT"))
        {
            throw FilterTokenizer.Error(parser.Current.Position, "operation is not supported: 'LIMIT' clause");
        }

        return parser.Current.Kind == FilterTokenKind.End
            ? new ListFilter(expression, grouped)
            : throw parser.Unexpected("AND, OR or the end");
    }

    private FilterExpression Or(bool negated)
    {
        var left = And(negated);
        while (Current.IsWord("OR"))
        {
            next++;
            var right = And(negated);
            left = negated ? new AndExpression(left, right) : new OrExpression(left, right);
        }

        return left;
    }

    private FilterExpression And(bool negated)
    {
        var left = Not(negated);
        while (Current.IsWord("AND"))
        {
            next++;
            var right = Not(negated);
            left = negated ? new OrExpression(left, right) : new AndExpression(left, right);
        }

        return left;
    }

    private FilterExpression Not(bool negated)
    {
        while (Current.IsWord("NOT"))
        {
            next++;
            negated = !negated;
        }

        if (!Current.IsSymbol("("))
        {
            return Test(negated);
        }

        if (++depth > MaximumDepth)
        {
            throw FilterTokenizer.Error(Current.Position, $"more than {MaximumDepth} brackets inside each other");
        }

        next++;
        var inner = Or(negated);
        Symbol(")");
        depth--;
        return inner;
    }

    private FilterExpression Test(bool negated)
    {
        var column = Column();
        var op = Current;
        next++;
        if (op.IsWord("IS"))
        {
            negated ^= Skip("NOT");
            Word("NULL");
            return new NullTest(column, negated);
        }

        if (op.IsWord("NOT"))
        {
            negated = !negated;
            op = Current;
            next++;
        }

        if (op.IsWord("IN"))
        {
            return new MembershipTest(column, Values(column), negated);
        }

        if (op.IsWord("BETWEEN"))
        {
            FilterOperators.RequireOrdered(column, "BETWEEN", op.Position);
            var low = Value(column);
            Word("AND");
            return new RangeTest(column, low, Value(column), negated);
        }

        if (op.IsWord("STARTS_WITH"))
        {
            FilterOperators.RequirePrefix(column, op.Position);
            return Value(column) is string prefix ? new PrefixTest(column, prefix, negated) : throw Unexpected("a text");
        }

        if (op.Kind == FilterTokenKind.Symbol && FilterOperators.Comparison(op.Text) is { } comparison && !tokens[next - 2].IsWord("NOT"))
        {
            FilterOperators.Require(column, comparison, op.Position);
            return new ComparisonTest(column, negated ? comparison.Opposite() : comparison, Value(column));
        }

        next--;
        throw Unexpected("an operator (=, !=, <, <=, >, >=, IN, BETWEEN, STARTS_WITH, IS NULL)");
    }

    private bool GroupBy()
    {
        if (!Skip("GROUP"))
        {
            return false;
        }

        Word("BY");
        var position = Current.Position;
        if (Column().Name != "ExecutionStatus")
        {
            throw FilterTokenizer.Error(
                position,
                "operation is not supported: 'GROUP BY' clause is only supported for ExecutionStatus, found another attribute"
            );
        }

        return Current.IsSymbol(",")
            ? throw FilterTokenizer.Error(
                Current.Position,
                "operation is not supported: 'GROUP BY' clause supports only a single field, found a comma"
            )
            : true;
    }

    private SearchAttributeColumn Column()
    {
        var token = Current;
        if (token.Kind is not (FilterTokenKind.Word or FilterTokenKind.Name))
        {
            throw Unexpected("the name of a search attribute");
        }

        var column = SearchAttributeCatalogue.Find(token.Text, custom)
            ?? throw FilterTokenizer.Error(token.Position, $"column name '{token.Text}' is not a valid search attribute");
        next++;
        return column;
    }

    private object Value(SearchAttributeColumn column)
    {
        var value = FilterValues.Read(column, Current);
        next++;
        return value;
    }

    private List<object> Values(SearchAttributeColumn column)
    {
        Symbol("(");
        FilterOperators.RequireMembership(column, tokens[next - 1].Position);
        var values = new List<object> { Value(column) };
        while (Current.IsSymbol(","))
        {
            next++;
            values.Add(Value(column));
        }

        Symbol(")");
        return values;
    }

    private bool Skip(string keyword)
    {
        if (!Current.IsWord(keyword))
        {
            return false;
        }

        next++;
        return true;
    }

    private void Word(string keyword)
    {
        if (!Skip(keyword))
        {
            throw Unexpected(keyword);
        }
    }

    private void Symbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            throw Unexpected(symbol);
        }

        next++;
    }

    private RpcException Unexpected(string expected) => FilterTokenizer.Error(Current.Position, $"expected {expected}, found {Current}");
}
