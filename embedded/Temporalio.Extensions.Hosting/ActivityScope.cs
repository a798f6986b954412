using Microsoft.Extensions.DependencyInjection;

namespace Temporalio.Extensions.Hosting;

/// <summary>
/// The service scope of the running activity. An interceptor may set either value before it calls on, to choose the scope or the instance
/// that the activity runs with; what it sets it must dispose of itself.
/// </summary>
public static class ActivityScope
{
    private static readonly AsyncLocal<IServiceScope?> CurrentScope = new();
    private static readonly AsyncLocal<object?> CurrentInstance = new();

    /// <summary>The scope that the activity's instance is taken from; null outside an activity.</summary>
    public static IServiceScope? ServiceScope
    {
        get => CurrentScope.Value;
        set => CurrentScope.Value = value;
    }

    /// <summary>The object whose method the activity is; null outside an activity and for static activities.</summary>
    public static object? ScopedInstance
    {
        get => CurrentInstance.Value;
        set => CurrentInstance.Value = value;
    }
}
