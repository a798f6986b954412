using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Options of a client.</summary>
public class TemporalClientOptions : ICloneable
{
    /// <summary>Namespace of every call.</summary>
    public string Namespace { get; set; } = "default";

    /// <summary>Converts every value.</summary>
    public DataConverter DataConverter { get; set; } = DataConverter.Default;

    /// <summary>Interceptors, the first outermost. Those that are worker interceptors too are used by workers of this client.</summary>
    public IReadOnlyCollection<IClientInterceptor>? Interceptors { get; set; }

    /// <summary>Loggers of the client and its workers.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Status in which queries are refused by default.</summary>
    public QueryRejectCondition? QueryRejectCondition { get; set; }

    /// <summary>Plugins, which may change these options.</summary>
    public IReadOnlyCollection<ITemporalClientPlugin>? Plugins { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
