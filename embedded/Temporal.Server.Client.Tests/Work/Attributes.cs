using Temporalio.Common;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>The search attributes that the server under test is started with.</summary>
internal static class Attributes
{
    public static readonly SearchAttributeKey<string> Mood = SearchAttributeKey.CreateKeyword("Mood");
}
