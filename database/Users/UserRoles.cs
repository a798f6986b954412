namespace TemporalDelivery.Database.Users;

/// <summary>What users and the keys of programs are. Each has one role.</summary>
public static class UserRoles
{
    /// <summary>Buys, and sees what is theirs.</summary>
    public const string Customer = "customer";

    /// <summary>Our own staff.</summary>
    public const string Operator = "operator";

    /// <summary>A merchant's program: places orders for customers, and is told what becomes of orders.</summary>
    public const string Client = "client";

    /// <summary>The delivery partner's program.</summary>
    public const string Partner = "partner";

    /// <summary>The payment provider's program.</summary>
    public const string Payments = "payments";

    /// <summary>Our own staff who also change the catalogue and the keys of others.</summary>
    public const string Admin = "admin";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Customer, Operator, Client, Partner, Payments, Admin];

    /// <summary>Those of programs, which sign in as clients and not by a person's password.</summary>
    public static IReadOnlyList<string> Programs { get; } = [Client, Partner, Payments];
}
