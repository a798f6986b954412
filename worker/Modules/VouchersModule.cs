using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Vouchers;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>Runs vouchers.</summary>
internal static class VouchersModule
{
    /// <summary>A worker of the voucher module's own queue.</summary>
    public static void AddVoucherModule(this HostApplicationBuilder builder)
    {
        builder.Services.AddVouchers().AddSingleton<EarnedVouchers>();
        builder.AddWorker(VoucherModule.TaskQueue).AddWorkflow<VoucherWorkflow>().AddSingletonActivities<VoucherStore>();
    }
}
