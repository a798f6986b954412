using System.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Worker.Runtime;

/// <summary>Turns payloads into the arguments of a workflow method.</summary>
internal static class HandlerArguments
{
    /// <param name="converter">Converter.</param>
    /// <param name="method">Method to call.</param>
    /// <param name="payloads">What was sent; more than the method takes is ignored, less is filled with defaults.</param>
    /// <param name="what">What is called, for errors.</param>
    /// <param name="dynamic">Whether the method takes raw values.</param>
    /// <param name="name">Name of the handler, given to dynamic ones first.</param>
    /// <exception cref="InvalidOperationException">Too few, or not convertible.</exception>
    internal static object?[] Decode(
        IPayloadConverter converter,
        MethodInfo method,
        IReadOnlyList<Payload> payloads,
        string what,
        bool dynamic,
        string? name = null)
    {
        if (dynamic)
        {
            IRawValue[] raw = [.. payloads.Select(payload => new RawValue(payload))];
            return name == null ? [raw] : [name, raw];
        }
        var parameters = method.GetParameters();
        if (payloads.Count < parameters.Length && !parameters[payloads.Count].HasDefaultValue)
        {
            throw new InvalidOperationException(
                $"{what} given {payloads.Count} parameter(s), but more than that are required by the signature");
        }
        var values = new object?[parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            try
            {
                values[i] = i < payloads.Count
                    ? converter.ToValue(payloads[i], parameters[i].ParameterType)
                    : parameters[i].DefaultValue;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{what} had failure decoding parameters", e);
            }
        }
        return values;
    }
}
