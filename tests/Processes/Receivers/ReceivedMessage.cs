namespace TemporalDelivery.Tests.Processes.Receivers;

/// <summary>A message that somebody outside has received.</summary>
/// <param name="Reader">Whose it is: the reader of the log.</param>
/// <param name="Receiver">Who has received it.</param>
/// <param name="Turn">Its place among all that this receiver has received.</param>
/// <param name="MessageId">By which a receiver knows it again: it begins with the event's id.</param>
/// <param name="Content">What it says, as JSON.</param>
/// <param name="IsSigned">Whether its signature holds; true where there is none.</param>
public sealed record ReceivedMessage(string Reader, string Receiver, long Turn, string MessageId, string Content, bool IsSigned)
{
    /// <summary>The id of the event that it tells of.</summary>
    public string EventId => MessageId.Split('@')[0];
}
