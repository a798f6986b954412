namespace TemporalDelivery.Api.Problems;

/// <summary>A kind of problem (RFC 9457): what programs go by, and what its page under <c>/docs/problems</c> says.</summary>
/// <param name="Code">The member <c>code</c>, which is the kind's alone.</param>
/// <param name="Status">The status that it comes with.</param>
/// <param name="Title">What it is; the same for every problem of the kind.</param>
/// <param name="Meaning">What it means, and what can be done.</param>
internal sealed record ProblemType(string Code, int Status, string Title, string Meaning)
{
    /// <summary>The path of its page, which is the problem's <c>type</c>.</summary>
    public string Page => $"{Pages}/{Name}";

    /// <summary>Its name in that path.</summary>
    public string Name => Code.ToLowerInvariant().Replace('_', '-');

    /// <summary>Where the pages are.</summary>
    public const string Pages = "/docs/problems";
}
