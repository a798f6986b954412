using System.Reflection;

namespace TemporalDelivery.Vouchers;

/// <summary>What a host needs to bring the database to the schema that the module expects.</summary>
public static class VoucherSchema
{
    /// <summary>The module's own schema, which also holds the list of applied scripts.</summary>
    public const string Name = "vouchers";

    /// <summary>Embeds the numbered scripts of <c>Migrations/</c>.</summary>
    public static Assembly Scripts => typeof(VoucherSchema).Assembly;
}
