using TemporalDelivery.Workflows.Reconciliation;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>How an entry of the books was found.</summary>
internal enum BookVerdict
{
    /// <summary>The books agree, or there is nothing to compare yet.</summary>
    Agrees,

    /// <summary>They do not, and an operator is told.</summary>
    Differs,

    /// <summary>They did not, and it was put right.</summary>
    Repaired,
}

/// <summary>Counts what a comparison finds.</summary>
internal sealed class BookTally
{
    private int entries;
    private int differences;
    private int repaired;

    /// <summary>So many entries were compared.</summary>
    public void Compared(int count) => entries += count;

    /// <summary>A suspect was looked at more closely.</summary>
    public void Count(BookVerdict verdict)
    {
        differences += verdict == BookVerdict.Differs ? 1 : 0;
        repaired += verdict == BookVerdict.Repaired ? 1 : 0;
    }

    /// <summary>What was found.</summary>
    public Reconciled Sum() => new(entries, differences, repaired);
}
