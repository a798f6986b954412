namespace Temporalio.Activities;

/// <summary>Marks a method as an activity.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ActivityAttribute : Attribute
{
    /// <summary>Named after the method, without <c>Async</c> if it returns a task.</summary>
    public ActivityAttribute()
    {
    }

    /// <summary>With a name of its own.</summary>
    public ActivityAttribute(string name) => Name = name;

    /// <summary>Name, null for the method's.</summary>
    public string? Name { get; }

    /// <summary>Whether it takes the place of any activity that has no method. Such a method takes one <c>IRawValue[]</c>.</summary>
    public bool Dynamic { get; set; }
}
