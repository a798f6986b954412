using System.Security.Cryptography;
using System.Text;

namespace TemporalDelivery.Workflows.Actors;

/// <summary>
/// The API's word that it knows who acts: a keyed hash over the workflow, the update and the actor, so that it is good for this one update
/// only. Temporal's tools cannot give it.
/// </summary>
/// <param name="keys">The first one proves; all of them are believed, so that one can replace another.</param>
public sealed class ActorProof(IReadOnlyList<byte[]> keys)
{
    /// <summary>The proof; null when there is no key to prove with.</summary>
    public string? Of(string workflowId, string updateId, Actor actor) =>
        keys.Count == 0 ? null : Convert.ToBase64String(Hash(keys[0], workflowId, updateId, actor));

    /// <summary>Whether this is the proof of any key.</summary>
    public bool IsProven(string proof, string workflowId, string updateId, Actor actor)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(proof, given, out var length)
            && length == given.Length
            && keys.Any(key => CryptographicOperations.FixedTimeEquals(Hash(key, workflowId, updateId, actor), given));
    }

    // No part holds a line break but, at worst, the last.
    private static byte[] Hash(byte[] key, string workflowId, string updateId, Actor actor) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{workflowId}\n{updateId}\n{actor}"));
}
