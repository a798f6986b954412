using System.Xml.Linq;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Architecture.Tests;

/// <summary>The files of this checkout, without what builds and runs leave behind.</summary>
internal static class Repository
{
    private static readonly string[] Leftovers = ["bin", "obj", "TestResults"];

    public static string Root => PostgresServer.RepositoryRoot;

    /// <summary>Paths from the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [.. Walk(new DirectoryInfo(Root)).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))];

    /// <summary>The project files.</summary>
    public static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The projects whose assemblies a project loads.</summary>
    public static IEnumerable<string> References(string project) =>
        from reference in Load(project).Descendants("ProjectReference")
        where (string?)reference.Attribute("ReferenceOutputAssembly") != "false"
        select Resolve(project, (string)reference.Attribute("Include")!);

    /// <summary>A project file as XML.</summary>
    public static XElement Load(string project) => XElement.Load(Path.Combine(Root, project));

    /// <summary>The text of a file.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Resolve(string project, string reference) =>
        Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(project)!, reference.Replace('\\', '/'))))
            .Replace('\\', '/');

    private static IEnumerable<string> Walk(DirectoryInfo folder) =>
        folder
            .EnumerateFiles()
            .Select(file => file.FullName)
            .Concat(
                from inner in folder.EnumerateDirectories()
                where inner.Name[0] != '.' && !Leftovers.Contains(inner.Name)
                from file in Walk(inner)
                select file
            );
}
