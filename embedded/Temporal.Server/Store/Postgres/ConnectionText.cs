using System.Data.Common;
using Npgsql;

namespace Temporal.Server.Store.Postgres;

/// <summary>A connection string as people write it: Npgsql's keywords, or a postgresql:// URL. Bounds what it leaves open.</summary>
internal static class ConnectionText
{
    private static readonly (string Keyword, object Value)[] Defaults =
    [
        ("Maximum Pool Size", 20),
        ("Timeout", 5),
        ("Command Timeout", 15),
        ("Max Auto Prepare", 50),
        // Reads leave nothing behind in their sessions; clearing them would cost more than they do.
        ("No Reset On Close", true),
        ("Application Name", $"temporal-server {Environment.MachineName} {Environment.ProcessId}"),
    ];

    /// <summary>Parses it.</summary>
    /// <exception cref="StoreSetupException">It is neither form. The message does not repeat a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var builder = FromText(text);
        if (string.IsNullOrEmpty(builder.Host))
        {
            throw new StoreSetupException(
                "The PostgreSQL connection string names no host; write Host=…;Database=…;Username=… or postgresql://user@host/database."
            );
        }

        var typed = new DbConnectionStringBuilder { ConnectionString = builder.ConnectionString };
        foreach (var (keyword, value) in Defaults)
        {
            if (!typed.ContainsKey(keyword))
            {
                builder[keyword] = value;
            }
        }

        return builder;
    }

    private static NpgsqlConnectionStringBuilder FromText(string text)
    {
        try
        {
            return
                text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                ? FromUrl(text)
                : new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException error)
        {
            // Npgsql names the keyword, never a value.
            throw new StoreSetupException($"The PostgreSQL connection string is wrong: {error.Message}", error);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            throw new StoreSetupException("The PostgreSQL URL is not of the form postgresql://user:password@host:port/database.");
        }

        var builder = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(url.Host.Trim('[', ']')) };
        if (url.Port > 0)
        {
            builder.Port = url.Port;
        }

        if (url.AbsolutePath.Length > 1)
        {
            builder.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        }

        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (url.UserInfo.Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(colon < 0 ? url.UserInfo : url.UserInfo[..colon]);
        }

        if (colon >= 0)
        {
            builder.Password = Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]);
        }

        foreach (var setting in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? setting : setting[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(setting[(equals + 1)..]);
            Set(builder, name, value);
        }

        return builder;
    }

    // libpq and Npgsql name some settings differently; the others are tried as Npgsql's.
    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                builder["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal);
                break;
            case "sslrootcert":
                builder["Root Certificate"] = value;
                break;
            case "connect_timeout":
                builder["Timeout"] = value;
                break;
            case "application_name":
                builder["Application Name"] = value;
                break;
            default:
                builder[name] = value;
                break;
        }
    }
}
