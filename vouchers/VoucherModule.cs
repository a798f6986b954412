using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace TemporalDelivery.Vouchers;

/// <summary>How a host takes the module in.</summary>
public static class VoucherModule
{
    /// <summary>The module's task queue: its workflow and its activities.</summary>
    public const string TaskQueue = "vouchers";

    /// <summary>
    /// Registers <see cref="VoucherStore"/>, which the API reads from. The host provides an <see cref="NpgsqlDataSource"/>; a worker host
    /// also adds <see cref="VoucherWorkflow"/>, and the store as its activities, to a worker of <see cref="TaskQueue"/>.
    /// </summary>
    public static IServiceCollection AddVouchers(this IServiceCollection services) => services.AddSingleton<VoucherStore>();
}
