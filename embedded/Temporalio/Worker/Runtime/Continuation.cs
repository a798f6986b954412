using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Runtime;

/// <summary>The wire form of a continuation as new.</summary>
internal static class Continuation
{
    internal static ContinueAsNewWorkflowExecutionCommandAttributes ToAttributes(
        CreateContinueAsNewExceptionInput input, IPayloadConverter converter)
    {
        var options = input.Options;
        return new()
        {
            WorkflowType = new() { Name = input.Workflow },
            TaskQueue = new() { Name = options?.TaskQueue ?? string.Empty },
            Input = new() { Payloads_ = { converter.ToPayloads(input.Args) } },
            RetryPolicy = options?.RetryPolicy?.ToProto(),
            WorkflowRunTimeout = Wire.Duration(options?.RunTimeout),
            WorkflowTaskTimeout = Wire.Duration(options?.TaskTimeout),
            BackoffStartInterval = Wire.Duration(options?.BackoffStartInterval),
            Memo = options?.Memo is { } memo ? Wire.Memo(memo, converter) : null,
            SearchAttributes = options?.TypedSearchAttributes?.ToProto(),
            Header = Wire.Header(input.Headers),
            InitialVersioningBehavior =
                (ContinueAsNewVersioningBehavior)(int)(options?.InitialVersioningBehavior ?? default),
        };
    }
}

/// <summary>Small conversions to the wire's types.</summary>
internal static class Wire
{
    internal static Duration? Duration(TimeSpan? span) =>
        span is { } value ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(value) : null;

    internal static TimeSpan? OptionalSpan(Duration? duration) =>
        duration?.ToTimeSpan() is { } span && span != TimeSpan.Zero ? span : null;

    internal static Api.Common.V1.Memo Memo(IReadOnlyDictionary<string, object> memo, IPayloadConverter converter)
    {
        var result = new Api.Common.V1.Memo();
        foreach (var (key, value) in memo)
        {
            result.Fields.Add(key, converter.ToPayload(value));
        }
        return result;
    }

    internal static Api.Common.V1.Header? Header(IDictionary<string, Api.Common.V1.Payload>? headers)
    {
        if (headers == null || headers.Count == 0)
        {
            return null;
        }
        var result = new Api.Common.V1.Header();
        foreach (var (key, value) in headers)
        {
            result.Fields.Add(key, value);
        }
        return result;
    }

    internal static Api.Sdk.V1.UserMetadata? Metadata(string? summary, string? details, IPayloadConverter converter) =>
        summary == null && details == null
            ? null
            : new()
            {
                Summary = summary == null ? null : converter.ToPayload(summary),
                Details = details == null ? null : converter.ToPayload(details),
            };
}
