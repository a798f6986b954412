using Temporalio.Activities;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Common;

/// <summary>What a <see cref="SimplePlugin" /> adds to clients, workers and replayers.</summary>
public class SimplePluginOptions : ICloneable
{
    /// <summary>Converter in place of the given one.</summary>
    public DataConverter? DataConverter
    {
        get => DataConverterOption?.Constant;
        set => DataConverterOption = new(value);
    }

    /// <summary>Converter in place of the given one, or made of it.</summary>
    public SimplePluginOption<DataConverter>? DataConverterOption { get; set; }

    /// <summary>Interceptors of clients, after the given ones.</summary>
    public IReadOnlyCollection<IClientInterceptor>? ClientInterceptors
    {
        get => ClientInterceptorsOption?.Constant;
        set => ClientInterceptorsOption = new(value);
    }

    /// <summary>Interceptors of clients, after the given ones, or made of them.</summary>
    public SimplePluginOption<IReadOnlyCollection<IClientInterceptor>?>? ClientInterceptorsOption { get; set; }

    /// <summary>Activities of workers.</summary>
    public IList<ActivityDefinition> Activities { get; } = [];

    /// <summary>Workflows of workers and replayers.</summary>
    public IList<WorkflowDefinition> Workflows { get; } = [];

    /// <summary>Interceptors of workers and replayers, after the given ones.</summary>
    public IReadOnlyCollection<IWorkerInterceptor>? WorkerInterceptors
    {
        get => WorkerInterceptorsOption?.Constant;
        set => WorkerInterceptorsOption = new(value);
    }

    /// <summary>Interceptors of workers and replayers, after the given ones, or made of them.</summary>
    public SimplePluginOption<IReadOnlyCollection<IWorkerInterceptor>?>? WorkerInterceptorsOption { get; set; }

    /// <summary>Exceptions that fail workflows, beside the given ones.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes
    {
        get => WorkflowFailureExceptionTypesOption?.Constant;
        set => WorkflowFailureExceptionTypesOption = new(value);
    }

    /// <summary>Exceptions that fail workflows, beside the given ones, or made of them.</summary>
    public SimplePluginOption<IReadOnlyCollection<Type>?>? WorkflowFailureExceptionTypesOption { get; set; }

    /// <summary>Called before a worker or replayer runs.</summary>
    public Func<Task>? RunContextBefore { get; set; }

    /// <summary>Called after a worker or replayer has run, also where it failed.</summary>
    public Func<Task>? RunContextAfter { get; set; }

    /// <summary>Adds a method with <see cref="ActivityAttribute" />.</summary>
    public SimplePluginOptions AddActivity(Delegate del) => AddActivity(ActivityDefinition.Create(del));

    /// <summary>Adds an activity.</summary>
    public SimplePluginOptions AddActivity(ActivityDefinition definition)
    {
        Activities.Add(definition);
        return this;
    }

    /// <summary>Adds every method with <see cref="ActivityAttribute" /> of a type.</summary>
    /// <param name="instance">What to call them on; may be null where all are static.</param>
    public SimplePluginOptions AddAllActivities<T>(T? instance) => AddAllActivities(typeof(T), instance);

    /// <summary>Adds every method with <see cref="ActivityAttribute" /> of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="instance">What to call them on; may be null where all are static.</param>
    public SimplePluginOptions AddAllActivities(Type type, object? instance)
    {
        foreach (var definition in ActivityDefinition.CreateAll(type, instance))
        {
            AddActivity(definition);
        }

        return this;
    }

    /// <summary>Adds a workflow.</summary>
    public SimplePluginOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <summary>Adds a workflow.</summary>
    public SimplePluginOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    public SimplePluginOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();

    /// <summary>A value, or what makes one of the given value.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    public class SimplePluginOption<T>
    {
        /// <summary>A value.</summary>
        public SimplePluginOption(T? value) => Constant = value;

        /// <summary>What makes one of the given value.</summary>
        public SimplePluginOption(Func<T, T> value) => Configurable = value;

        /// <summary>What makes a value of the given one, if so.</summary>
        public Func<T, T>? Configurable { get; }

        /// <summary>The value, if so.</summary>
        public T? Constant { get; }
    }
}
