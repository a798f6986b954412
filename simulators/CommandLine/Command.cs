using System.Globalization;
using System.Text;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Startup;

namespace TemporalDelivery.Simulators.CommandLine;

/// <summary>A first argument of the executable: what it is for, what it may be told, and how it runs.</summary>
/// <param name="Purpose">One sentence for the help.</param>
/// <param name="Settings">Everything that may follow; anything else is refused.</param>
/// <param name="Run">Runs until done or until the process is asked to stop, and returns the exit code.</param>
internal sealed record Command(string Purpose, IReadOnlyList<Setting> Settings, Func<IConfiguration, Task<int>> Run)
{
    private const int Usage = 2;

    /// <summary>Finds the command that <paramref name="args"/> begin with, checks the rest, and runs it.</summary>
    /// <returns>The process's exit code: the command's own, or 2 for a wrong command line or configuration.</returns>
    public static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, Command> commands)
    {
        if (args.Length == 0 || IsHelp(args[0]))
        {
            Console.Out.Write(Describe(commands));
            return args.Length == 0 ? Usage : 0;
        }

        return await HostProcess.RunAsync($"simulators {args[0]}", async () =>
        {
            if (!commands.TryGetValue(args[0], out var command))
            {
                throw new ConfigurationException($"'{args[0]}' is none of: {string.Join(", ", commands.Keys)}; try --help");
            }

            if (args.Any(IsHelp))
            {
                Console.Out.Write(command.Describe(args[0]));
                return 0;
            }

            return await command.Run(command.Configure(args[1..]));
        });
    }

    private IConfiguration Configure(string[] args)
    {
        var given = new ConfigurationBuilder().AddCommandLine(args).Build();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ConfigurationException($"'{args[i]}' is not of the form --Key=value");
            }

            var key = args[i][2..].Split('=', 2)[0];
            if (!Settings.Any(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new ConfigurationException(
                    $"--{key} is unknown; known are {string.Join(", ", Settings.Select(setting => "--" + setting.Key))}"
                );
            }

            if (!args[i].Contains('=', StringComparison.Ordinal) && ++i == args.Length)
            {
                throw new ConfigurationException($"--{key} lacks its value");
            }
        }

        return new ConfigurationBuilder()
            .AddInMemoryCollection(
                Settings.Where(setting => setting.Default is not null).Select(setting => KeyValuePair.Create(setting.Key, setting.Default))
            )
            .AddEnvironmentVariables()
            .AddConfiguration(given)
            .Build();
    }

    private string Describe(string name)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"simulators {name}: {Purpose}").AppendLine();
        var width = Settings.Max(setting => setting.Key.Length);
        foreach (var setting in Settings)
        {
            var standard = setting.Default is null ? "" : $" (default {setting.Default})";
            text.AppendLine(CultureInfo.InvariantCulture, $"  --{setting.Key.PadRight(width)}  {setting.Meaning}{standard}");
        }

        return text.ToString();
    }

    private static string Describe(IReadOnlyDictionary<string, Command> commands)
    {
        var text = new StringBuilder("usage: simulators COMMAND [--Key=value …]\n\n");
        foreach (var (name, command) in commands)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-9} {command.Purpose}");
        }

        return text.AppendLine().AppendLine("simulators COMMAND --help tells what each may be told.").ToString();
    }

    private static bool IsHelp(string arg) => arg is "--help" or "-h" or "help";
}
