using System.Data.Common;
using Npgsql;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Reads what people type as a connection string: Npgsql's own form, or a <c>postgresql://</c> URL.</summary>
public static class PostgresConnectionString
{
    private const int DefaultPoolSize = 30;
    private const int DefaultCommandTimeoutSeconds = 10;
    private const int DefaultConnectTimeoutSeconds = 5;
    private const int DefaultPreparedStatements = 60;

    /// <summary>Parses the text; the pool, the commands' and the connection's time are bounded where it does not say so itself.</summary>
    /// <exception cref="FormatException">The text is neither form; the message says what is wrong and never repeats a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var builder = IsUrl(text) ? FromUrl(text) : FromKeywords(text);
        if (string.IsNullOrEmpty(builder.Host))
        {
            throw new FormatException("The connection string names no host, e.g. Host=127.0.0.1;Database=delivery;Username=delivery.");
        }

        // What was typed, under Npgsql's own names; the builder itself cannot tell a default from a choice.
        var typed = new DbConnectionStringBuilder { ConnectionString = builder.ConnectionString };
        if (!typed.ContainsKey("Maximum Pool Size"))
        {
            builder.MaxPoolSize = DefaultPoolSize;
        }

        if (!typed.ContainsKey("Command Timeout"))
        {
            builder.CommandTimeout = DefaultCommandTimeoutSeconds;
        }

        if (!typed.ContainsKey("Timeout"))
        {
            builder.Timeout = DefaultConnectTimeoutSeconds;
        }

        if (!typed.ContainsKey("Max Auto Prepare"))
        {
            builder.MaxAutoPrepare = DefaultPreparedStatements;
            builder.AutoPrepareMinUsages = 2;
        }

        // Planning a statement costs more than running it, and one that takes arrays would be planned anew each time. Each form of a query
        // has a text of its own and its index, so that one plan serves all values; a value that needs another plan stands in the text.
        if (!typed.ContainsKey("Options"))
        {
            builder.Options = "-c plan_cache_mode=force_generic_plan";
        }

        // Resetting a session costs a statement for each use of a connection, and nothing here leaves anything in one: locks are the
        // transactions', the listener has a connection of its own.
        if (!typed.ContainsKey("No Reset On Close"))
        {
            builder.NoResetOnClose = true;
        }

        // Times inside JSON documents are written by the server, in the session's zone.
        builder.Timezone = "UTC";
        return builder;
    }

    private static bool IsUrl(string text) =>
        text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder FromKeywords(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException failure)
        {
            throw new FormatException($"Not a connection string: {failure.Message}", failure);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            throw new FormatException("Not a URL of the form postgresql://user:password@host:port/database.");
        }

        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Uri.UnescapeDataString(url.Host.Trim('[', ']')),
            Port = url.Port > 0 ? url.Port : NpgsqlConnection.DefaultPort,
        };
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        if (database.Length > 0)
        {
            builder.Database = database;
        }

        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length == 2)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            SetUrlParameter(builder, parameter);
        }

        return builder;
    }

    private static void SetUrlParameter(NpgsqlConnectionStringBuilder builder, string parameter)
    {
        var pair = parameter.Split('=', 2);
        var name = Uri.UnescapeDataString(pair[0]);
        var value = Uri.UnescapeDataString(pair.Length == 2 ? pair[1] : "");

        // libpq's names for what Npgsql calls otherwise; every other name is tried as Npgsql's own.
        var keyword = name switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "application_name" => "Application Name",
            "connect_timeout" => "Timeout",
            "host" => "Host",
            "user" => "Username",
            "dbname" => "Database",
            _ => name,
        };
        try
        {
            builder[keyword] = keyword == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (ArgumentException failure)
        {
            throw new FormatException($"The database URL's parameter '{name}' is not understood.", failure);
        }
    }
}
