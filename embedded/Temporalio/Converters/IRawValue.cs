using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A value that stays a payload: parameters and results of this type are not converted.</summary>
public interface IRawValue
{
    /// <summary>The payload.</summary>
    Payload Payload { get; }
}
