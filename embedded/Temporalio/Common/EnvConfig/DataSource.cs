using System.Text;

namespace Temporalio.Common.EnvConfig;

/// <summary>A file, or what would be in one.</summary>
public sealed class DataSource
{
    private DataSource()
    {
    }

    /// <summary>The file, if it is one.</summary>
    public string? Path { get; private init; }

    /// <summary>The content, if it is not a file.</summary>
    public byte[]? Data { get; private init; }

    /// <summary>A file.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static DataSource FromPath(string path) => string.IsNullOrEmpty(path)
        ? throw new ArgumentException("Path cannot be null or empty", nameof(path))
        : new() { Path = path };

    /// <summary>Text, which becomes UTF-8.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DataSource FromUTF8String(string content) => content is null
        ? throw new ArgumentException("Content cannot be null", nameof(content))
        : new() { Data = Encoding.UTF8.GetBytes(content) };

    /// <summary>Bytes.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static DataSource FromBytes(byte[] data) => data is null or []
        ? throw new ArgumentException("Data cannot be null or empty", nameof(data))
        : new() { Data = data };

    /// <summary>The text under <c>data</c> or the file under <c>path</c>; null where there is neither.</summary>
    public static DataSource? FromDictionary(IReadOnlyDictionary<string, string>? dictionary)
    {
        if (dictionary?.TryGetValue("data", out var data) == true)
        {
            return FromUTF8String(data);
        }

        return dictionary?.TryGetValue("path", out var path) == true ? FromPath(path) : null;
    }

    /// <summary>The content, read from the file if it is one.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[]? GetBytes() => Data ?? (Path is null ? null : File.ReadAllBytes(Path));

    /// <summary>The opposite of <see cref="FromDictionary" />.</summary>
    public Dictionary<string, string>? ToDictionary()
    {
        if (Path is not null)
        {
            return new() { ["path"] = Path };
        }

        return Data is null ? null : new() { ["data"] = Encoding.UTF8.GetString(Data) };
    }
}
