using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Actors;

/// <summary>
/// On a client: gives each update the proof of its actor. On a worker: an update without one comes through Temporal's tools, so that it can
/// be an operator's only, and its actor is written down as acting through them. A proof that does not fit is refused before the update is
/// accepted; that it is there is all that a replay asks, whatever the keys are by then.
/// </summary>
public sealed class ActorProofInterceptor(ActorProof proof) : IClientInterceptor, IWorkerInterceptor
{
    /// <summary>The error type of an update whose actor is not believed.</summary>
    public const string ActorRefused = "ACTOR_REFUSED";

    private const string Header = "actor-proof";

    /// <inheritdoc/>
    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Sending(nextInterceptor, proof);

    /// <inheritdoc/>
    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new Receiving(nextInterceptor, proof);

    private static IActedMessage? Message(IEnumerable<object?> args) => args.OfType<IActedMessage>().SingleOrDefault();

    private sealed class Sending(ClientOutboundInterceptor next, ActorProof proof) : ClientOutboundInterceptor(next)
    {
        public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input)
        {
            var message = Message(input.Args);
            var options = (WorkflowUpdateStartOptions)input.Options.Clone();
            options.Id ??= Guid.NewGuid().ToString();
            if (message is null || proof.Of(input.Id, options.Id, message.Actor) is not { } hash)
            {
                return base.StartWorkflowUpdateAsync<TResult>(input);
            }

            var headers = new Dictionary<string, Payload>(input.Headers ?? new Dictionary<string, Payload>())
            {
                [Header] = DataConverter.Default.PayloadConverter.ToPayload(hash),
            };
            return base.StartWorkflowUpdateAsync<TResult>(input with { Options = options, Headers = headers });
        }
    }

    private sealed class Receiving(WorkflowInboundInterceptor next, ActorProof proof) : WorkflowInboundInterceptor(next)
    {
        public override void ValidateUpdate(HandleUpdateInput input)
        {
            if (Message(input.Args) is { } message && Refusal(input, message.Actor) is { } refusal)
            {
                throw new ApplicationFailureException(refusal, ActorRefused, nonRetryable: true);
            }

            base.ValidateUpdate(Believed(input));
        }

        public override Task<object?> HandleUpdateAsync(HandleUpdateInput input) => base.HandleUpdateAsync(Believed(input));

        private string? Refusal(HandleUpdateInput input, Actor actor) =>
            ProofOf(input) is { } given
                ? proof.IsProven(given, Workflow.Info.WorkflowId, input.Id, actor) ? null
                    : $"actor: the proof that it is {actor} does not fit"
                : actor.Kind == ActorKind.Operator ? null
                : $"actor: only an operator may act through Temporal's tools, not {actor}";

        private static HandleUpdateInput Believed(HandleUpdateInput input) =>
            Message(input.Args) is { } message && ProofOf(input) is null
                ? input with
                {
                    Args = [message.Of(message.Actor.ThroughTemporal)],
                }
                : input;

        private static string? ProofOf(HandleUpdateInput input) =>
            input.Headers?.TryGetValue(Header, out var payload) == true
                ? DataConverter.Default.PayloadConverter.ToValue<string>(payload)
                : null;
    }
}
