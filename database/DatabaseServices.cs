using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Customers;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Inventory;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Migrations;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Database.ReadModel;

namespace TemporalDelivery.Database;

/// <summary>Registers the data source and every store on it.</summary>
public static class DatabaseServices
{
    /// <summary>Adds one pooled <see cref="NpgsqlDataSource"/> and the stores. Opens nothing: the database may still be away.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">Npgsql's form or a <c>postgresql://</c> URL.</param>
    /// <exception cref="FormatException">The connection string is neither.</exception>
    public static IServiceCollection AddDatabase(this IServiceCollection services, string connectionString)
    {
        var source = CreateDataSource(connectionString);
        return services
            .AddSingleton(_ => source)
            .AddSingleton<Bells>()
            .AddSingleton<Migrator>()
            .AddSingleton<OrderStore>()
            .AddSingleton<PendingStarts>()
            .AddSingleton<CatalogueReader>()
            .AddSingleton<CustomerReader>()
            .AddSingleton<StatusReader>()
            .AddSingleton<ReadModelProjector>()
            .AddSingleton<IdempotencyKeys>()
            .AddSingleton<Inbox>()
            .AddSingleton<Outbox>()
            .AddSingleton<OrderTransitions>()
            .AddSingleton<DigitalGrantStore>()
            .AddSingleton<ReservationStore>()
            .AddSingleton<PaymentStore>()
            .AddSingleton<DeliveryStore>()
            .AddSingleton<OperatorTaskStore>();
    }

    /// <summary>A data source as the stores expect it; the caller disposes of it.</summary>
    /// <inheritdoc cref="AddDatabase"/>
    public static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return NpgsqlDataSource.Create(ConnectionStrings.Parse(connectionString));
    }
}
