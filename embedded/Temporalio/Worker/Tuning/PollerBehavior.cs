namespace Temporalio.Worker.Tuning;

/// <summary>How many polls a worker keeps open.</summary>
public abstract class PollerBehavior
{
    internal PollerBehavior()
    {
    }

    /// <summary>Polls up to a fixed number while there are slots.</summary>
    public sealed class SimpleMaximum : PollerBehavior
    {
        /// <summary>Initializes a new instance of the <see cref="SimpleMaximum" /> class.</summary>
        /// <param name="maximum">Most polls at once.</param>
        /// <exception cref="ArgumentException">Negative.</exception>
        public SimpleMaximum(int maximum)
        {
            if (maximum < 0)
            {
                throw new ArgumentException("Maximum must be >= 0", nameof(maximum));
            }
            Maximum = maximum;
        }

        /// <summary>Gets the most polls at once.</summary>
        public int Maximum { get; }
    }

    /// <summary>Polls more or less as the server advises.</summary>
    public sealed class Autoscaling : PollerBehavior
    {
        /// <summary>Initializes a new instance of the <see cref="Autoscaling" /> class.</summary>
        /// <param name="minimum">Fewest polls at once.</param>
        /// <param name="maximum">Most polls at once.</param>
        /// <param name="initial">Polls at the start.</param>
        /// <exception cref="ArgumentException">Negative.</exception>
        public Autoscaling(int minimum = 1, int maximum = 100, int initial = 5)
        {
            if (minimum < 0 || maximum < 0 || initial < 0)
            {
                throw new ArgumentException("Minimum, maximum, and initial must be >= 0");
            }
            Minimum = minimum;
            Maximum = maximum;
            Initial = initial;
        }

        /// <summary>Gets the fewest polls at once.</summary>
        public int Minimum { get; }

        /// <summary>Gets the most polls at once.</summary>
        public int Maximum { get; }

        /// <summary>Gets the polls at the start.</summary>
        public int Initial { get; }
    }
}
