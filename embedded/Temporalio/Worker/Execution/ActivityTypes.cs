using Temporalio.Activities;

namespace Temporalio.Worker.Execution;

/// <summary>The activities of a worker by name.</summary>
internal sealed class ActivityTypes
{
    private readonly Dictionary<string, ActivityDefinition> definitions = [];
    private readonly ActivityDefinition? dynamic;

    /// <exception cref="ArgumentException">A name twice.</exception>
    internal ActivityTypes(IEnumerable<ActivityDefinition> activities)
    {
        foreach (var definition in activities)
        {
            if (definition.Name == null)
            {
                dynamic = dynamic == null ? definition : throw new ArgumentException("Multiple dynamic activities provided");
            }
            else if (!definitions.TryAdd(definition.Name, definition))
            {
                throw new ArgumentException($"Duplicate activity named {definition.Name}");
            }
        }
    }

    internal ActivityDefinition? Find(string name) => definitions.GetValueOrDefault(name) ?? dynamic;

    /// <exception cref="InvalidOperationException">There is no such activity.</exception>
    internal void AssertKnown(string name)
    {
        if (Find(name) == null)
        {
            throw new InvalidOperationException(NotFoundMessage(name));
        }
    }

    internal string NotFoundMessage(string name) => definitions.Count == 0
        ? $"Activity {name} is not registered on this worker, no available activities."
        : $"Activity {name} is not registered on this worker, available activities: " +
            string.Join(", ", definitions.Keys.Order(StringComparer.Ordinal));
}
