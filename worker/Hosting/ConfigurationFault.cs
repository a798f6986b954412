namespace TemporalDelivery.Worker.Hosting;

/// <summary>Something in the configuration that the person who starts the process has to put right; the message says what and where.</summary>
sealed class ConfigurationFault : Exception
{
    public ConfigurationFault(string message)
        : base(message)
    {
    }

    public ConfigurationFault(string message, Exception cause)
        : base(message, cause)
    {
    }
}
