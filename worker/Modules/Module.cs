using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Worker.Modules;

/// <summary>What a worker can be told to run.</summary>
internal enum Module
{
    /// <summary>OrderWorkflow and its activities.</summary>
    Orders,

    /// <summary>DeliveryWorkflow and its activities.</summary>
    Deliveries,

    /// <summary>The voucher module, which is released alone.</summary>
    Vouchers,
}

/// <summary>Reads which modules to run.</summary>
internal static class ModulesSetting
{
    /// <summary><c>Worker:Modules</c>, names with commas between; all when it is not set.</summary>
    /// <exception cref="ConfigurationException">A name is unknown, or there is none.</exception>
    public static IReadOnlySet<Module> ReadModules(this HostApplicationBuilder builder)
    {
        if (builder.Configuration.Text("Worker:Modules") is not { } text)
        {
            return Enum.GetValues<Module>().ToHashSet();
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0 ? throw new ConfigurationException("Worker:Modules names no module") : names.Select(Parse).ToHashSet();
    }

    /// <summary>Whether the module is to be run.</summary>
    public static bool Has(this IReadOnlySet<Module> modules, Module module) => modules.Contains(module);

    private static Module Parse(string name)
    {
        foreach (var module in Enum.GetValues<Module>())
        {
            if (string.Equals(name, module.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return module;
            }
        }

        throw new ConfigurationException($"Worker:Modules names '{name}'; expected orders, deliveries, vouchers");
    }
}
