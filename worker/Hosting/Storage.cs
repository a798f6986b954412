using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>Connects the host to PostgreSQL.</summary>
static class Storage
{
    /// <summary>Registers the stores on <c>Database:ConnectionString</c>, else on the environment's DATABASE_URL. Opens nothing yet.</summary>
    /// <exception cref="ConfigurationFault">Neither is set, or it cannot be read.</exception>
    public static void AddStorage(this HostApplicationBuilder builder)
    {
        var text = builder.Configuration["Database:ConnectionString"] is { Length: > 0 } given ? given
            : builder.Configuration["DATABASE_URL"] is { Length: > 0 } url ? url
            : throw new ConfigurationFault("Database:ConnectionString is not set, and neither is DATABASE_URL");
        try
        {
            builder.Services.AddDatabase(text);
        }
        catch (FormatException failure)
        {
            throw new ConfigurationFault($"Database:ConnectionString: {failure.Message}", failure);
        }
    }
}
