using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>A name that a list filter may use.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Type">How its values compare.</param>
/// <param name="IsSystem">True for what the server itself knows of every run; false for what travels in the run's search
/// attributes.</param>
internal sealed record SearchAttributeColumn(string Name, IndexedValueType Type, bool IsSystem);
