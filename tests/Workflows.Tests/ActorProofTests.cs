using System.Security.Cryptography;
using TemporalDelivery.Workflows.Actors;

namespace TemporalDelivery.Workflows.Tests;

public sealed class ActorProofTests
{
    private static readonly byte[] Old = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] New = RandomNumberGenerator.GetBytes(32);
    private static readonly Actor Jane = Actor.Operator("jane");

    [Fact]
    public void A_proof_is_good_for_one_actor_in_one_update_of_one_workflow()
    {
        var proof = new ActorProof([New]);
        var given = proof.Of("order-1", "update-1", Jane)!;

        Assert.True(proof.IsProven(given, "order-1", "update-1", Jane));
        Assert.False(proof.IsProven(given, "order-2", "update-1", Jane));
        Assert.False(proof.IsProven(given, "order-1", "update-2", Jane));
        Assert.False(proof.IsProven(given, "order-1", "update-1", Actor.Operator("joe")));
        Assert.False(proof.IsProven("not base64", "order-1", "update-1", Jane));
        Assert.False(proof.IsProven(string.Empty, "order-1", "update-1", Jane));
    }

    [Fact]
    public void While_a_key_replaces_another_both_are_believed()
    {
        var given = new ActorProof([Old]).Of("order-1", "update-1", Jane)!;

        Assert.True(new ActorProof([New, Old]).IsProven(given, "order-1", "update-1", Jane));
        Assert.False(new ActorProof([New]).IsProven(given, "order-1", "update-1", Jane));
    }

    [Fact]
    public void Without_a_key_nothing_is_proven() => Assert.Null(new ActorProof([]).Of("order-1", "update-1", Jane));
}
