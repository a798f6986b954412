using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Hosting;

/// <summary>Registers the stores, the schemas that they are in, and the seed that <c>Database:Seed</c> names.</summary>
internal static class DatabaseSetup
{
    public static void AddDatabase(this IHostApplicationBuilder builder)
    {
        builder.AddPostgres(
            MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededBy(builder.Configuration),
            MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)
        );
        builder.Services.AddDatabase();
    }
}
