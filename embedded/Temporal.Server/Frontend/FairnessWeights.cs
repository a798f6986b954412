using Temporal.Server.History;
using Temporal.Server.Rpc;

namespace Temporal.Server.Frontend;

/// <summary>The weights that operators set for a task queue's fairness keys.</summary>
internal static class FairnessWeights
{
    /// <summary>Refuses a change that makes no sense (temporalio/temporal, service/frontend/validators.go).</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(IReadOnlyDictionary<string, float> set, IReadOnlyCollection<string> unset, MatchingSettings settings)
    {
        if (set.Count + unset.Count > settings.FairnessWeightOverrides)
        {
            throw RpcException.InvalidArgument(
                $"too many fairness weight overrides in request: got {set.Count + unset.Count}, maximum {settings.FairnessWeightOverrides}");
        }

        foreach (var key in set.Keys.Concat(unset))
        {
            CheckKey(key);
        }

        foreach (var (key, weight) in set)
        {
            if (!(weight > 0))
            {
                throw RpcException.InvalidArgument($"invalid fairness weight weight for key \"{key}\": must be greater than zero");
            }
        }

        if (unset.FirstOrDefault(set.ContainsKey) is { } both)
        {
            throw RpcException.InvalidArgument($"fairness weight override key \"{both}\" present in both set and unset lists");
        }
    }

    /// <summary>Changes weights.</summary>
    /// <exception cref="RpcException">InvalidArgument: there would be too many.</exception>
    public static void Change(
        IDictionary<string, float> weights, IReadOnlyDictionary<string, float> set, IReadOnlyCollection<string> unset, MatchingSettings settings)
    {
        foreach (var key in unset)
        {
            weights.Remove(key);
        }

        foreach (var (key, weight) in set)
        {
            weights[key] = weight;
        }

        if (weights.Count > settings.FairnessWeightOverrides)
        {
            throw RpcException.InvalidArgument("fairness weight overrides update rejected: exceeding maximum key size");
        }
    }

    private static void CheckKey(string key)
    {
        if (key.Length == 0)
        {
            throw RpcException.InvalidArgument("fairness weight override key must not be empty");
        }

        Priorities.CheckFairnessKey(key);
    }
}
