using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Vouchers;
using TemporalDelivery.Worker.Modules;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>
/// Registers the stores (PINs of receipts are made with <c>Receipts:Keys</c>), the schemas of the modules that are run, and the seed that
/// <c>Database:Seed</c> names.
/// </summary>
internal static class DatabaseSetup
{
    public static void AddDatabase(this HostApplicationBuilder builder, IReadOnlySet<Module> modules)
    {
        builder.AddPostgres([.. Schemas(modules, builder.Configuration)]);
        builder.Services.AddDatabase();
        if (modules.Has(Module.Deliveries))
        {
            builder.Services.AddReceiptPins(builder.Configuration.Keys("Receipts:Keys"));
        }
    }

    private static IEnumerable<MigrationSet> Schemas(IReadOnlySet<Module> modules, IConfiguration configuration)
    {
        if (modules.Has(Module.Orders) || modules.Has(Module.Deliveries))
        {
            yield return MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededBy(configuration);
        }

        if (modules.Has(Module.Vouchers))
        {
            yield return MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name);
        }
    }
}
