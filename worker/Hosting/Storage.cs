using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Vouchers;
using TemporalDelivery.Worker.Modules;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>Connects the host to PostgreSQL.</summary>
static class Storage
{
    /// <summary>Registers the stores, and the schemas of the modules to run, on <c>Database:ConnectionString</c>, else on the environment's DATABASE_URL. Opens nothing yet.</summary>
    /// <exception cref="ConfigurationFault">Neither is set, or it cannot be read.</exception>
    public static void AddStorage(this HostApplicationBuilder builder, IReadOnlySet<Module> modules)
    {
        var text = builder.Configuration["Database:ConnectionString"] is { Length: > 0 } given ? given
            : builder.Configuration["DATABASE_URL"] is { Length: > 0 } url ? url
            : throw new ConfigurationFault("Database:ConnectionString is not set, and neither is DATABASE_URL");
        var orders = Seeded(MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name), builder.Configuration["Database:Seed"]);
        var schemas = new List<MigrationSet>();
        if (modules.Has(Module.Orders) || modules.Has(Module.Deliveries))
            schemas.Add(orders);
        if (modules.Has(Module.Vouchers))
            schemas.Add(MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name));
        try
        {
            builder.Services.AddPostgres(text, schemas).AddDatabase();
        }
        catch (FormatException failure)
        {
            throw new ConfigurationFault($"Database:ConnectionString: {failure.Message}", failure);
        }
    }

    private static MigrationSet Seeded(MigrationSet set, string? seed)
    {
        try
        {
            return set.SeededWith(seed);
        }
        catch (FormatException failure)
        {
            throw new ConfigurationFault($"Database:Seed: {failure.Message}", failure);
        }
    }
}
