namespace TemporalDelivery.Workflows.Actors;

/// <summary>A message that somebody sends who says who they are.</summary>
public interface IActedMessage
{
    /// <summary>Who that is.</summary>
    public Actor Actor { get; }

    /// <summary>The same message of somebody else.</summary>
    public IActedMessage Of(Actor actor);
}
