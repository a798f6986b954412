using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TemporalDelivery.Database.ApiKeys;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Customers;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Database.Tokens;
using TemporalDelivery.Database.Users;

namespace TemporalDelivery.Database;

/// <summary>Registers every store.</summary>
public static class DatabaseServices
{
    /// <summary>Adds the stores; the host provides an <see cref="NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return services
            .AddSingleton<WakeSignals>()
            .AddSingleton<OrderStore>()
            .AddSingleton<Announcements>()
            .AddSingleton<OrderStarts>()
            .AddSingleton<UnfinishedOrders>()
            .AddSingleton<ReconciliationReports>()
            .AddSingleton<Cancellations>()
            .AddSingleton<IntakeReader>()
            .AddSingleton<CatalogueReader>()
            .AddSingleton<ProductStore>()
            .AddSingleton<UserStore>()
            .AddSingleton<SignIns>()
            .AddSingleton<ApiKeyStore>()
            .AddSingleton<TokenKeyStore>()
            .AddSingleton<CustomerReader>()
            .AddSingleton<StatusReader>()
            .AddSingleton<ReadModelProjector>()
            .AddSingleton<IdempotencyKeys>()
            .AddSingleton<ExpiredRecords>()
            .AddSingleton<Inbox>()
            .AddSingleton<Outbox>()
            .AddSingleton<OutboxReaders>()
            .AddSingleton<MailStore>()
            .AddSingleton<WebhookEndpointStore>()
            .AddSingleton<WebhookOutbox>()
            .AddSingleton<PlacedOrders>()
            .AddSingleton<OrderSteps>()
            .AddSingleton<PaymentStore>()
            .AddSingleton<LatePayments>()
            .AddSingleton<DeliveryStore>()
            .AddSingleton<LatePartnerEvents>()
            .AddSingleton<OperatorTaskStore>()
            .AddSingleton<OperatorTaskQueue>()
            .AddSingleton<OperatorTaskWatch>()
            .AddSingleton<BacklogTasks>()
            .AddSingleton<BookDifferences>()
            .AddSingleton<PaymentBook>()
            .AddSingleton<ParcelBook>();
    }
}
