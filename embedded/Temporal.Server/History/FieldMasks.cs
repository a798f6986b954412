using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;

namespace Temporal.Server.History;

/// <summary>Changes the parts of a message that a field mask names.</summary>
internal static class FieldMasks
{
    private static readonly FieldMask.MergeOptions Replace = new()
    {
        ReplaceMessageFields = true,
        ReplacePrimitiveFields = true,
        ReplaceRepeatedFields = true,
    };

    /// <summary>The mask with its paths in the protocol's spelling; masks in JSON's are taken, too.</summary>
    /// <exception cref="RpcException">InvalidArgument: it names what the message does not have.</exception>
    public static FieldMask Check<T>(FieldMask mask)
        where T : IMessage<T>, new()
    {
        var known = new FieldMask { Paths = { mask.Paths.Select(SnakeCase) } };
        foreach (var path in known.Paths)
        {
            if (!FieldMask.IsValid(new T().Descriptor, path))
            {
                throw RpcException.InvalidArgument($"error parsing UpdateMask: {new T().Descriptor.Name} has no field {path}");
            }
        }

        return known;
    }

    /// <summary>Copies what the mask names; what the source leaves out is cleared.</summary>
    /// <param name="mask">As <see cref="Check{T}"/> returned it.</param>
    /// <param name="source">From where.</param>
    /// <param name="target">To where.</param>
    /// <exception cref="RpcException">InvalidArgument: the mask names a part of something that the source does not have at all.</exception>
    public static void Merge<T>(FieldMask mask, T source, T target)
        where T : IMessage<T>, new()
    {
        foreach (var path in mask.Paths)
        {
            var parent = path.Split('.')[0];
            if (parent.Length < path.Length && source.Descriptor.FindFieldByName(parent).Accessor.GetValue(source) is null)
            {
                throw RpcException.InvalidArgument($"{source.Descriptor.FindFieldByName(parent).PropertyName} is not provided");
            }
        }

        mask.Merge(source, target, Replace);
    }

    private static string SnakeCase(string path)
    {
        var snake = new StringBuilder(path.Length + 8);
        foreach (var c in path)
        {
            if (!char.IsAsciiLetterUpper(c))
            {
                snake.Append(c);
                continue;
            }

            if (snake.Length > 0 && snake[^1] is not ('.' or '_'))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(c));
        }

        return snake.ToString();
    }
}
