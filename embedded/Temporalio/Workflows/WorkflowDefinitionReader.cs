using System.Reflection;
using Temporalio.Runtime;

namespace Temporalio.Workflows;

/// <summary>Reads a workflow type by reflection, collects everything that is wrong with it and says it all at once.</summary>
internal sealed class WorkflowDefinitionReader(Type type)
{
    // Non-public and static members are looked at too, to refuse attributes on them.
    private const BindingFlags Everything =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly List<string> errors = [];
    private readonly WorkflowMembers members = new();

    internal WorkflowDefinition Read(string? nameOverride, Func<object?[], object>? creatorOverride)
    {
        var attribute = type.GetCustomAttribute<WorkflowAttribute>(false) ??
            throw new ArgumentException($"{type} missing Workflow attribute");
        var name = ReadName(attribute, nameOverride);
        if (type.GenericTypeArguments.Length > 0)
        {
            errors.Add($"{type} has generic type arguments");
        }

        var initConstructor = ReadInitConstructor();
        var creator = ChooseCreator(initConstructor, creatorOverride);
        var validators = ReadValidators();
        MethodInfo? run = null;
        foreach (var method in type.GetMethods(Everything))
        {
            run = ReadRun(method, run, initConstructor, attribute.Dynamic) ?? run;
            ReadDynamicOptions(method, name);
            ReadSignal(method);
            ReadQuery(method);
            ReadUpdate(method, validators);
        }
        if (run == null)
        {
            errors.Add($"{type} does not have a valid WorkflowRun method");
        }
        foreach (var (update, validator) in validators)
        {
            errors.Add($"Cannot find update method named {update} for WorkflowUpdateValidator on {validator} method");
        }
        ReadQueryProperties();
        if (name?.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal) == true)
        {
            errors.Add($"Workflow name {name} cannot start with {TemporalRuntime.ReservedNamePrefix}");
        }
        if (errors.Count > 0)
        {
            throw new AggregateException(errors.Select(error => new ArgumentException(error)));
        }
        return new(name, type, run!, creator, members, attribute);
    }

    private string? ReadName(WorkflowAttribute attribute, string? nameOverride)
    {
        var name = nameOverride ?? attribute.Name;
        if (attribute.Dynamic)
        {
            if (name != null)
            {
                errors.Add("Cannot have custom name for dynamic workflow");
            }
            return name;
        }
        if (name != null)
        {
            return name;
        }
        var looksLikeInterface = type.IsInterface && type.Name is ['I', var second, ..] && char.IsUpper(second);
        return looksLikeInterface ? type.Name[1..] : type.Name;
    }

    private ConstructorInfo? ReadInitConstructor()
    {
        ConstructorInfo? init = null;
        foreach (var constructor in type.GetConstructors(Everything))
        {
            if (!constructor.IsDefined(typeof(WorkflowInitAttribute), false))
            {
                continue;
            }
            if (init != null)
            {
                errors.Add($"WorkflowInit on multiple: {constructor} and {init}");
            }
            else if (!constructor.IsPublic)
            {
                errors.Add($"WorkflowInit on non-public {constructor}");
            }
            else
            {
                init = constructor;
            }
        }
        return init;
    }

    private Func<object?[], object>? ChooseCreator(
        ConstructorInfo? initConstructor, Func<object?[], object>? creatorOverride)
    {
        if (initConstructor != null)
        {
            return creatorOverride == null
                ? initConstructor.Invoke
                : throw new ArgumentException(
                    "Cannot set creator for workflow with WorkflowInit constructor", nameof(creatorOverride));
        }
        if (creatorOverride != null)
        {
            return creatorOverride;
        }
        var constructors = type.GetConstructors(Everything);
        var parameterless = constructors.Length == 0 || constructors.Any(c => c.GetParameters().Length == 0);
        return parameterless && !type.IsInterface ? _ => Activator.CreateInstance(type)! : null;
    }

    private Dictionary<string, MethodInfo> ReadValidators()
    {
        var validators = new Dictionary<string, MethodInfo>();
        foreach (var method in type.GetMethods(Everything))
        {
            var update = method.GetCustomAttribute<WorkflowUpdateValidatorAttribute>()?.UpdateMethod;
            if (update == null)
            {
                continue;
            }
            if (method.ContainsGenericParameters)
            {
                errors.Add($"{method} with WorkflowUpdateValidator contains generic parameters");
            }
            else if (!validators.TryAdd(update, method))
            {
                errors.Add($"{type} has more than one update validator for update method {update}");
            }
        }
        return validators;
    }

    private MethodInfo? ReadRun(MethodInfo method, MethodInfo? known, ConstructorInfo? initConstructor, bool dynamic)
    {
        if (!method.IsDefined(typeof(WorkflowRunAttribute), false))
        {
            return null;
        }
        var error = method switch
        {
            _ when method.DeclaringType != type =>
                $"WorkflowRun on {method} must be declared on {type}, not inherited from {method.DeclaringType}",
            _ when known != null => $"WorkflowRun on multiple: {method} and {known}",
            { IsPublic: false } => $"WorkflowRun on non-public {method}",
            { IsStatic: true } => $"WorkflowRun on static {method}",
            { ContainsGenericParameters: true } => $"{method} with WorkflowRun contains generic parameters",
            _ when !typeof(Task).IsAssignableFrom(method.ReturnType) =>
                $"WorkflowRun method {method} must return an instance of Task",
            _ when initConstructor != null && !SameParameters(method, initConstructor) =>
                $"WorkflowRun on {method} must match parameter types of WorkflowInit on {initConstructor}",
            _ when dynamic && !HandlerRules.TakesRawValues(method, nameFirst: false) =>
                $"WorkflowRun on {method} for dynamic workflow must accept an array of IRawValue",
            _ => null,
        };
        if (error == null)
        {
            return method;
        }
        errors.Add(error);
        return null;
    }

    private static bool SameParameters(MethodBase one, MethodBase other) =>
        one.GetParameters().Select(p => p.ParameterType).SequenceEqual(
            other.GetParameters().Select(p => p.ParameterType));

    private void ReadDynamicOptions(MethodInfo method, string? name)
    {
        if (!method.IsDefined(typeof(WorkflowDynamicOptionsAttribute), false))
        {
            return;
        }
        var what = $"WorkflowDynamicOptions method {method}";
        var error = method switch
        {
            { IsPublic: false } => $"{what} must be public",
            { IsStatic: true } => $"{what} cannot be static",
            _ when method.ReturnType != typeof(WorkflowDefinitionOptions) =>
                $"{what} must return WorkflowDefinitionOptions",
            _ when name != null => "WorkflowDynamicOptions can only be used in dynamic workflows",
            _ when method.GetParameters().Length != 0 => $"{what} must take no parameters",
            _ when members.DynamicOptionsGetter != null => $"{what} cannot be used more than once",
            _ => null,
        };
        if (error != null)
        {
            throw new ArgumentException(error);
        }
        members.DynamicOptionsGetter = instance => (WorkflowDefinitionOptions)method.Invoke(instance, null)!;
    }

    private void ReadSignal(MethodInfo method)
    {
        if (!HasOwn<WorkflowSignalAttribute>(method, "WorkflowSignal"))
        {
            return;
        }
        Collect(() =>
        {
            var signal = WorkflowSignalDefinition.FromMethod(method);
            if (signal.Name != null)
            {
                Add(members.Signals, signal.Name, signal, method, "signal");
                return;
            }
            RefuseSecondDynamic(members.DynamicSignal, "signal");
            members.DynamicSignal = signal;
        });
    }

    private void ReadQuery(MethodInfo method)
    {
        if (!HasOwn<WorkflowQueryAttribute>(method, "WorkflowQuery"))
        {
            return;
        }
        Collect(() =>
        {
            var query = WorkflowQueryDefinition.FromMethod(method);
            if (query.Name != null)
            {
                Add(members.Queries, query.Name, query, method, "query");
                return;
            }
            RefuseSecondDynamic(members.DynamicQuery, "query");
            members.DynamicQuery = query;
        });
    }

    private void ReadUpdate(MethodInfo method, Dictionary<string, MethodInfo> validators)
    {
        if (!HasOwn<WorkflowUpdateAttribute>(method, "WorkflowUpdate"))
        {
            return;
        }
        validators.Remove(method.Name, out var validator);
        Collect(() =>
        {
            var update = WorkflowUpdateDefinition.FromMethod(method, validator);
            if (update.Name != null)
            {
                Add(members.Updates, update.Name, update, method, "update");
                return;
            }
            RefuseSecondDynamic(members.DynamicUpdate, "update");
            members.DynamicUpdate = update;
        });
    }

    private void ReadQueryProperties()
    {
        foreach (var property in type.GetProperties(Everything))
        {
            if (!property.IsDefined(typeof(WorkflowQueryAttribute), false))
            {
                continue;
            }
            Collect(() =>
            {
                var query = WorkflowQueryDefinition.FromProperty(property);
                if (!members.Queries.TryAdd(query.Name!, query))
                {
                    errors.Add($"{type} has more than one query named {query.Name}");
                }
            });
        }
    }

    private bool HasOwn<TAttribute>(MethodInfo method, string attribute)
        where TAttribute : Attribute
    {
        if (HandlerRules.LostAttribute<TAttribute>(method))
        {
            errors.Add($"{attribute} on base definition of {method} but not override");
        }
        return method.IsDefined(typeof(TAttribute), false);
    }

    private void RefuseSecondDynamic(object? first, string what)
    {
        if (first != null)
        {
            errors.Add($"{type} has more than one dynamic {what}");
        }
    }

    private void Add<T>(Dictionary<string, T> known, string name, T definition, MethodInfo method, string what)
    {
        if (method.ContainsGenericParameters)
        {
            errors.Add($"{method} with Workflow{char.ToUpperInvariant(what[0])}{what[1..]} contains generic parameters");
        }
        else if (!known.TryAdd(name, definition))
        {
            errors.Add($"{type} has more than one {what} named {name}");
        }
    }

    private void Collect(Action read)
    {
        try
        {
            read();
        }
        catch (ArgumentException e)
        {
            errors.Add(e.Message);
        }
    }
}
