namespace Temporalio.Exceptions;

/// <summary>Values that travel with a failure.</summary>
public interface IFailureDetails
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none at that index.</exception>
    T ElementAt<T>(int index);
}
