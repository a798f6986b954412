using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>A body that can be wrong in more ways than its types say.</summary>
internal interface ICheckedBody
{
    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<Fault> Faults();
}

/// <summary>Refuses a request whose body has faults with all of them (422), before its endpoint runs.</summary>
internal sealed class CheckedBodyFilter : IEndpointFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var faults = context.Arguments.OfType<ICheckedBody>().SelectMany(body => body.Faults()).ToList();
        return faults.Count > 0 ? ValueTask.FromResult<object?>(Problem.Refused(faults)) : next(context);
    }
}
