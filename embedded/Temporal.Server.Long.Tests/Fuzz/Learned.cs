using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Run ids, tokens and message ids out of the server's replies, so that random requests reach further than "not found".</summary>
internal sealed class Learned
{
    private const int Deepest = 6;

    public Pool<string> RunIds { get; } = new();

    public Pool<ByteString> TaskTokens { get; } = new();

    public Pool<ByteString> PageTokens { get; } = new();

    public Pool<ByteString> ConflictTokens { get; } = new();

    public Pool<string> MessageIds { get; } = new();

    public Pool<string> ProtocolIds { get; } = new();

    /// <summary>Takes what is worth keeping out of a reply.</summary>
    public void From(IMessage reply) => From(reply, 0);

    private void From(IMessage message, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsMap || depth > Deepest)
            {
                continue;
            }

            var value = field.Accessor.GetValue(message);
            switch (value)
            {
                case string { Length: > 0 } text:
                    PoolOf(message.Descriptor, field.Name)?.Add(text);
                    break;
                case ByteString { IsEmpty: false } bytes:
                    TokensOf(field.Name)?.Add(bytes);
                    break;
                case IMessage nested:
                    From(nested, depth + 1);
                    break;
                case System.Collections.IList list when field.FieldType == FieldType.Message:
                    foreach (var item in list.Cast<IMessage>().Take(8))
                    {
                        From(item, depth + 1);
                    }

                    break;
            }
        }
    }

    private Pool<string>? PoolOf(MessageDescriptor message, string field) =>
        field switch
        {
            "run_id" or "first_execution_run_id" => RunIds,
            "id" when message.Name == "Message" => MessageIds,
            "protocol_instance_id" => ProtocolIds,
            _ => null,
        };

    private Pool<ByteString>? TokensOf(string field) =>
        field switch
        {
            "task_token" => TaskTokens,
            "next_page_token" => PageTokens,
            "conflict_token" => ConflictTokens,
            _ => null,
        };
}
