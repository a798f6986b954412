using System.Runtime.CompilerServices;

// The copies of workflows with two steps swapped, which must not replay, are built from the same pieces.
[assembly: InternalsVisibleTo("TemporalDelivery.Workflows.Tests")]
