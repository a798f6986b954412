using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Temporal.Server.CommandLine;

/// <summary>
/// <c>--dynamic-config-value KEY=VALUE</c>: the real server's settings, as far as this one has what they set. Keys are compared without
/// case, values are JSON; durations are numbers of seconds or Go's notation in quotes.
/// </summary>
internal static class DynamicConfig
{
    private static readonly TimeSpan LongestRegex = TimeSpan.FromMilliseconds(100);

    private static readonly FrozenDictionary<string, Func<ServerLimits, Value, ServerLimits>> Settings =
        new Dictionary<string, Func<ServerLimits, Value, ServerLimits>>
        {
            ["frontend.namespaceCount"] = (limits, value) => limits with { WaitingCalls = value.Count() },
            ["frontend.namespaceRPS"] = (limits, value) => limits with { NamespaceCallsPerSecond = value.Count() },
            ["frontend.namespaceBurstRatio"] = (limits, value) => limits with { NamespaceBurstRatio = value.Ratio() },
            ["frontend.rps"] = (limits, value) => limits with { CallsPerSecond = value.Count() },
            ["frontend.keepAliveMaxConnectionAge"] = (limits, value) => limits with { ConnectionAge = value.Duration() },
            ["frontend.keepAliveTime"] = (limits, value) => limits with { KeepAlivePingDelay = value.Duration() },
            ["frontend.keepAliveTimeout"] = (limits, value) => limits with { KeepAlivePingTimeout = value.Duration() },
            ["frontend.httpAllowedHosts"] = (limits, value) => limits with { AllowedHosts = value.Hosts() },
            ["limit.blobSize.error"] = Workflows((limits, value) => limits with { BlobBytes = value.Limit() }),
            ["limit.memoSize.error"] = Workflows((limits, value) => limits with { MemoBytes = value.Limit() }),
            ["limit.maxIDLength"] = Workflows((limits, value) => limits with { IdLength = value.Limit(largest: new WorkflowLimits().IdLength) }),
            ["limit.historyCount.suggestContinueAsNew"] = Workflows((limits, value) => limits with { SuggestContinueAsNewEvents = value.Limit() }),
            ["limit.historyCount.error"] = Workflows((limits, value) => limits with { HistoryEvents = value.Limit() }),
            ["limit.historySize.suggestContinueAsNew"] = Workflows((limits, value) => limits with { SuggestContinueAsNewBytes = value.Limit() }),
            ["limit.historySize.error"] = Workflows((limits, value) => limits with { HistoryBytes = value.Limit() }),
            ["limit.numPendingActivities.error"] = Workflows((limits, value) => limits with { PendingActivities = value.LimitOrNone() }),
            ["limit.numPendingChildExecutions.error"] = Workflows((limits, value) => limits with { PendingChildren = value.LimitOrNone() }),
            ["limit.numPendingSignals.error"] = Workflows((limits, value) => limits with { PendingSignals = value.LimitOrNone() }),
            ["limit.numPendingCancelRequests.error"] = Workflows((limits, value) => limits with { PendingCancels = value.LimitOrNone() }),
            ["limit.mutableStateActivityFailureSize.error"] = Workflows((limits, value) => limits with { RetriedFailureBytes = value.Limit() }),
            ["history.maximumSignalsPerExecution"] = Workflows((limits, value) => limits with { Signals = value.LimitOrNone() }),
            ["history.maxInFlightUpdates"] = Workflows((limits, value) => limits with { UpdatesInFlight = value.LimitOrNone() }),
            ["history.maxInFlightUpdatePayloads"] = Workflows((limits, value) => limits with { UpdateBytesInFlight = value.LimitOrNone() }),
            ["history.maxTotalUpdates"] = Workflows((limits, value) => limits with { Updates = value.LimitOrNone() }),
            ["history.maxTotalUpdates.suggestContinueAsNewThreshold"] = Workflows((limits, value) => limits with { SuggestContinueAsNewUpdates = value.Part() }),
            ["history.maximumBufferedEventsBatch"] = Workflows((limits, value) => limits with { BufferedEvents = value.Limit() }),
            ["history.maximumBufferedEventsSizeInBytes"] = Workflows((limits, value) => limits with { BufferedEventBytes = value.Limit() }),
            ["history.defaultWorkflowTaskTimeout"] = Workflows((limits, value) => limits with { WorkflowTaskTimeout = value.Duration() }),
            ["history.workflowTaskHeartbeatTimeout"] = Workflows((limits, value) => limits with { WorkflowTaskHeartbeats = value.Duration() }),
            ["history.longPollExpirationInterval"] = Workflows((limits, value) => limits with { LongPoll = value.Duration() }),
            ["history.sendTransientOrSpeculativeWorkflowTaskEvents"] = Workflows((limits, value) => limits with { UnwrittenEvents = value.Flag() }),
            ["system.enableEagerWorkflowStart"] = Workflows((limits, value) => limits with { EagerStarts = value.Flag() }),
            ["matching.enableFairness"] = Matching((settings, value) => settings with { EnableFairness = value.Flag() }),
            ["matching.maxFairnessKeyWeightOverrides"] = Matching((settings, value) => settings with { FairnessWeightOverrides = value.Limit() }),
            ["matching.pollerScalingWaitTime"] = Matching((settings, value) => settings with { IdlePoll = value.Duration() }),
            ["matching.pollerScalingMinimumBacklog"] = Matching((settings, value) => settings with { LongBacklog = value.Duration() }),
            ["matching.pollerScalingTaskAddToDispatchRatio"] = Matching((settings, value) => settings with { AddToDispatchRatio = value.Ratio() }),
            ["matching.pollerScalingDecisionsPerSecond"] = Matching((settings, value) => settings with { AdvicePerSecond = value.Ratio() }),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // What these turn on in the real server is always on in this one.
    private static readonly FrozenSet<string> AlwaysOn = new[]
    {
        "frontend.enableUpdateWorkflowExecution", "frontend.enableUpdateWorkflowExecutionAsyncAccepted", "frontend.enableExecuteMultiOperation",
        "frontend.enableBatcher", "frontend.enableSchedules", "frontend.activityAPIsEnabled", "system.enableActivityEagerExecution",
        "system.forceSearchAttributesCacheRefreshOnRead",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Applies a setting.</summary>
    /// <returns>The limits with it, and what to warn of: a setting that this server does not have.</returns>
    /// <exception cref="CommandLineException">It is no KEY=VALUE, or the value is not what the key takes.</exception>
    public static (ServerLimits Limits, string? Warning) Apply(ServerLimits limits, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new CommandLineException($"--dynamic-config-value: \"{text}\" is not KEY=VALUE.");
        }

        var key = text[..equals];
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(text[(equals + 1)..]);
            json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new CommandLineException($"--dynamic-config-value: the value of {key} is not JSON (a text needs quotes: {key}=\"…\").");
        }

        if (Settings.TryGetValue(key, out var apply))
        {
            return (apply(limits, new Value(key, json)), null);
        }

        return (limits, AlwaysOn.Contains(key) && json.ValueKind == JsonValueKind.True
            ? null
            : $"The dynamic configuration {key} is not one that this server has: it changes nothing.");
    }

    private static Func<ServerLimits, Value, ServerLimits> Workflows(Func<WorkflowLimits, Value, WorkflowLimits> apply) =>
        (limits, value) => limits with { Workflows = apply(limits.Workflows, value) };

    private static Func<ServerLimits, Value, ServerLimits> Matching(Func<MatchingSettings, Value, MatchingSettings> apply) =>
        (limits, value) => limits with { Matching = apply(limits.Matching, value) };

    private readonly record struct Value(string Key, JsonElement Json)
    {
        public int Count() => Number(0, int.MaxValue) ?? throw Wrong("a whole number from 0 on");

        public bool Flag() => Json.ValueKind is JsonValueKind.True or JsonValueKind.False ? Json.GetBoolean() : throw Wrong("true or false");

        public int Limit(int largest = int.MaxValue) => Number(1, largest) ?? throw Wrong(largest == int.MaxValue ? "a whole number from 1 on" : $"a whole number from 1 to {largest}");

        // As in the real server, 0 switches such a limit off.
        public int LimitOrNone() => Number(0, int.MaxValue) switch
        {
            0 => int.MaxValue,
            { } limit => limit,
            null => throw Wrong("a whole number from 1 on, or 0 for no limit"),
        };

        public double Part() => Json.ValueKind == JsonValueKind.Number && Json.GetDouble() is > 0 and <= 1 and var part ? part : throw Wrong("a number above 0 and up to 1");

        public double Ratio() => Json.ValueKind == JsonValueKind.Number && Json.GetDouble() is >= 1 and < 1e6 and var ratio ? ratio : throw Wrong("a number from 1 on");

        public TimeSpan Duration()
        {
            var nanoseconds = Json.ValueKind switch
            {
                JsonValueKind.String => GoDuration.ParseNanoseconds(Json.GetString()!),
                JsonValueKind.Number when Json.GetDouble() is >= 0 and < 1e9 and var seconds => (long)(seconds * 1e9),
                _ => null,
            };
            return nanoseconds is > 0 and < 86_400_000_000_000 ? TimeSpan.FromTicks(nanoseconds.Value / TimeSpan.NanosecondsPerTick) : throw Wrong("a duration of up to a day, such as \"5m\"");
        }

        // The real server takes one pattern or a list of patterns, in which * stands for anything.
        public Regex Hosts()
        {
            var patterns = Json.ValueKind switch
            {
                JsonValueKind.String => [Json.GetString()!],
                JsonValueKind.Array when Json.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String) => Json.EnumerateArray().Select(each => each.GetString()!).ToArray(),
                _ => throw Wrong("a host name or a list of them, with * for anything"),
            };
            var alternatives = patterns.Select(pattern => Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal));
            return new Regex($"^(?:{string.Join('|', alternatives)})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, LongestRegex);
        }

        private int? Number(int smallest, int largest) =>
            Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var number) && number >= smallest && number <= largest ? number : null;

        private CommandLineException Wrong(string expected) => new(string.Create(CultureInfo.InvariantCulture, $"--dynamic-config-value: {Key} takes {expected}, not {Json.GetRawText()}."));
    }
}
