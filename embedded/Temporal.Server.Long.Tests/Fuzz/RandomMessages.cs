using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Update = Temporalio.Api.Update.V1;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Builds messages of any type by walking its descriptor: mostly plausible, sometimes absurd, always well-formed.</summary>
internal sealed class RandomMessages(Random random, Learned learned)
{
    private const int Deepest = 7;

    private static readonly string[] Filters =
    [
        "",
        "ExecutionStatus = 'Running'",
        "WorkflowId = 'w1' OR WorkflowType STARTS_WITH 'T'",
        "StartTime > '2026-01-01T00:00:00Z' AND CloseTime IS NULL",
        "GROUP BY ExecutionStatus",
        "ExecutionDuration > '99999999999999999999999999h'",
        "ExecutionDuration > '1h'",
        "HistoryLength BETWEEN 1 AND 99999999999999999999",
        "NOT (WorkflowId IN ('w1','w2'))",
        "RunId = '",
        "((((",
        "Colour = 'red'",
        "StateTransitionCount = -1",
        "StartTime = 9223372036854775807",
        "WorkflowId = 'a\0b'",
        "Colour STARTS_WITH '%_\\'",
    ];

    private static readonly string[] Crons =
    [
        "* * * * *",
        "@every 1s",
        "@every 99999999999h",
        "0 0 31 2 *",
        "CRON_TZ=Nowhere/City 0 0 * * *",
        "1-70 * * * *",
        "*/0 * * * *",
        "garbage",
    ];

    private static readonly string[] Odd =
    [
        "",
        " ",
        "\0",
        "a\0b",
        "%",
        "../..",
        "日本語",
        "\U0001F600",
        "'; drop table runs; --",
        "{}",
        new('x', 1000),
        new('x', 1001),
        new('ß', 5000),
    ];

    /// <summary>A message.</summary>
    public IMessage Next(MessageDescriptor type) => Next(type, 0);

    private IMessage Next(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var oneof in type.Oneofs.Where(oneof => !oneof.IsSynthetic))
        {
            if (Chance(0.85))
            {
                Set(message, oneof.Fields[random.Next(oneof.Fields.Count)], depth);
            }
        }

        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is null && Chance(Likelihood(field, depth)))
            {
                Set(message, field, depth);
            }
        }

        return message;
    }

    // Names lead somewhere; of the rest the deeper the less.
    private static double Likelihood(FieldDescriptor field, int depth) =>
        field.Name switch
        {
            "namespace"
            or "workflow_id"
            or "execution"
            or "workflow_execution"
            or "task_token"
            or "task_queue"
            or "workflow_type"
            or "activity_type"
            or "name"
            or "schedule_id"
            or "command_type"
            or "start_to_close_timeout"
            or "activity_id"
            or "query_type"
            or "signal_name" => 0.92,
            "run_id" or "first_execution_run_id" => 0.4,
            "page_number" or "versioning_override" => 0.05,
            _ => 0.5 / (1 + (depth * 0.5)),
        };

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (depth >= Deepest && field.FieldType == FieldType.Message)
        {
            return;
        }

        if (field.IsMap)
        {
            var entry = field.MessageType;
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var count = random.Next(3); count > 0; count--)
            {
                map[Value(entry.FindFieldByNumber(1), entry, depth)] = Value(entry.FindFieldByNumber(2), entry, depth);
            }
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var count = Chance(0.02) ? 300 : random.Next(4); count > 0; count--)
            {
                list.Add(Value(field, message.Descriptor, depth));
            }
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, message.Descriptor, depth));
        }
    }

    private object Value(FieldDescriptor field, MessageDescriptor owner, int depth) =>
        field.FieldType switch
        {
            FieldType.String => Text(field.Name, owner.Name),
            FieldType.Bool => Chance(0.5),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Chance(0.9) ? random.Next(-1, 12)
            : Chance(0.5) ? int.MaxValue
            : int.MinValue,
            FieldType.UInt32 or FieldType.Fixed32 => (uint)random.Next(12),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Chance(0.9) ? random.NextInt64(-1, 15)
            : Chance(0.5) ? long.MaxValue
            : long.MinValue,
            FieldType.UInt64 or FieldType.Fixed64 => (ulong)random.Next(12),
            FieldType.Double => Chance(0.8) ? random.NextDouble() * 3
            : Chance(0.5) ? double.NaN
            : double.PositiveInfinity,
            FieldType.Float => Chance(0.8) ? (float)random.NextDouble() : float.NegativeInfinity,
            FieldType.Bytes => Bytes(field.Name),
            FieldType.Enum => System.Enum.ToObject(
                field.EnumType.ClrType,
                Chance(0.95) ? field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number : random.Next(-5, 200)
            ),
            _ => Message(field.MessageType, depth),
        };

    private object Message(MessageDescriptor type, int depth)
    {
        if (type == Timestamp.Descriptor)
        {
            return Chance(0.8)
                ? Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddSeconds(random.Next(-100, 100)))
                : new Timestamp
                {
                    Seconds = Chance(0.5) ? random.NextInt64() : random.NextInt64(-1000, 1000),
                    Nanos = random.Next(int.MinValue, int.MaxValue),
                };
        }

        if (type == Duration.Descriptor)
        {
            return Chance(0.7)
                ? Duration.FromTimeSpan(TimeSpan.FromMilliseconds(random.Next(0, 20_000)))
                : new Duration
                {
                    Seconds = Chance(0.5) ? random.NextInt64(-100, 1000) : random.NextInt64(long.MinValue, long.MaxValue),
                    Nanos = random.Next(int.MinValue, int.MaxValue),
                };
        }

        if (type == FieldMask.Descriptor)
        {
            return new FieldMask { Paths = { Chance(0.5) ? "task_queue.name" : "versioning_override", Text("path", "FieldMask") } };
        }

        if (type == Any.Descriptor)
        {
            return random.Next(6) switch
            {
                0 => Any.Pack(Next(Update.Acceptance.Descriptor, depth + 1)),
                1 => Any.Pack(Next(Update.Response.Descriptor, depth + 1)),
                2 => Any.Pack(Next(Update.Rejection.Descriptor, depth + 1)),
                3 => Any.Pack(Next(Update.Request.Descriptor, depth + 1)),
                4 => new Any(),
                _ => new Any { TypeUrl = "type.googleapis.com/temporal.api.update.v1.Acceptance", Value = Bytes("garbage") },
            };
        }

        return type.File.Package == "google.protobuf" ? Wrapped(type) : Next(type, depth + 1);
    }

    // The wrapper types are plain nullable values in C#.
    private object Wrapped(MessageDescriptor type) =>
        type.Name switch
        {
            "BoolValue" => Chance(0.5),
            "Int32Value" => random.Next(),
            "UInt32Value" => (uint)random.Next(),
            "Int64Value" => random.NextInt64(),
            "DoubleValue" => random.NextDouble(),
            "FloatValue" => (float)random.NextDouble(),
            "StringValue" => Text("value", type.Name),
            "BytesValue" => Bytes("value"),
            _ => type.Parser.ParseFrom(ByteString.Empty),
        };

    private string Text(string field, string owner)
    {
        if (Chance(0.04))
        {
            return Odd[random.Next(Odd.Length)];
        }

        return field switch
        {
            "namespace" or "workflow_namespace" => Pick("default", "default", "default", "default", "default", "other", "nowhere"),
            "workflow_id" or "new_workflow_id" => $"w{random.Next(8)}",
            "run_id" or "first_execution_run_id" or "original_execution_run_id" => learned.RunIds.TryPick(random, out var run) ? run : "",
            "activity_id" or "timer_id" or "id" when owner != "Message" => $"{random.Next(5)}",
            "message_id" or "id" or "accepted_request_message_id" or "rejected_request_message_id" => learned.MessageIds.TryPick(
                random,
                out var id
            )
                ? id
                : "m",
            "protocol_instance_id" or "update_id" => learned.ProtocolIds.TryPick(random, out var update) && Chance(0.7)
                ? update
                : $"u{random.Next(4)}",
            "schedule_id" => $"s{random.Next(4)}",
            "job_id" => $"j{random.Next(4)}",
            "request_id" => Chance(0.3) ? $"r{random.Next(4)}" : Guid.NewGuid().ToString(),
            "name" or "normal_name" or "task_queue" => owner switch
            {
                "TaskQueue" => $"q{random.Next(3)}",
                "WorkflowType" or "ActivityType" => $"T{random.Next(3)}",
                _ => $"n{random.Next(4)}",
            },
            "query" or "visibility_query" => Filters[random.Next(Filters.Length)],
            "cron_schedule" or "cron_string" => Chance(0.7) && field == "cron_schedule" ? "" : Crons[random.Next(Crons.Length)],
            "timezone_name" => Pick("", "UTC", "Europe/Berlin", "Nowhere/City"),
            "key"
                when owner.Contains("SearchAttributes", StringComparison.Ordinal)
                    || owner.Contains("IndexedFields", StringComparison.Ordinal) => Pick("Colour", "BuildIds", "WorkflowId", "Nope"),
            "type_url" => "type.googleapis.com/temporal.api.update.v1.Request",
            _ => Pick("a", "b", $"{field}-{random.Next(10)}"),
        };
    }

    private ByteString Bytes(string field)
    {
        var pool = field switch
        {
            "task_token" => learned.TaskTokens,
            "next_page_token" => learned.PageTokens,
            "conflict_token" => learned.ConflictTokens,
            _ => null,
        };
        if (pool is not null && Chance(field == "next_page_token" ? 0.3 : 0.95) && pool.TryPick(random, out var token))
        {
            return Chance(0.9) ? token : Damage(token);
        }

        if (field == "next_page_token" && Chance(0.8))
        {
            return ByteString.Empty;
        }

        var bytes = new byte[Chance(0.001) ? 3_000_000 : random.Next(40)];
        random.NextBytes(bytes);
        return Chance(0.5) ? ByteString.CopyFromUtf8("\"json\"") : ByteString.CopyFrom(bytes);
    }

    private ByteString Damage(ByteString token)
    {
        var bytes = token.ToByteArray();
        bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
        return ByteString.CopyFrom(bytes, 0, Chance(0.7) ? bytes.Length : random.Next(bytes.Length));
    }

    private string Pick(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private bool Chance(double likelihood) => random.NextDouble() < likelihood;
}
