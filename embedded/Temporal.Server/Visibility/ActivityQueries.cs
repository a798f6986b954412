using System.Text;
using Temporal.Server.Rpc;

namespace Temporal.Server.Visibility;

/// <summary>List filters over standalone activities: they speak of <c>ActivityId</c> and <c>ActivityType</c> where those over workflows speak of workflows.</summary>
internal static class ActivityQueries
{
    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["ActivityId"] = "WorkflowId",
        ["ActivityType"] = "WorkflowType",
    };

    /// <summary>The same filter in the words of workflows.</summary>
    /// <exception cref="RpcException">InvalidArgument: it is no filter, or speaks of workflows.</exception>
    public static string InWordsOfWorkflows(string query)
    {
        var text = new StringBuilder(query.Length);
        var at = 0;
        foreach (var token in FilterTokenizer.Tokenize(query).Where(token => token.Kind is FilterTokenKind.Word or FilterTokenKind.Name))
        {
            if (Columns.ContainsValue(token.Text))
            {
                throw FilterTokenizer.Error(token.Position, $"column name '{token.Text}' is not a valid search attribute");
            }

            if (Columns.TryGetValue(token.Text, out var column))
            {
                var start = token.Position - 1;
                text.Append(query, at, start - at).Append(column);
                at = start + token.Text.Length + (token.Kind == FilterTokenKind.Name ? 2 : 0);
            }
        }

        return text.Append(query, at, query.Length - at).ToString();
    }
}
