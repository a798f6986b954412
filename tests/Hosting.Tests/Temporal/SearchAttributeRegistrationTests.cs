using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Common;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Tests.Temporal;

public sealed class SearchAttributeRegistrationTests
{
    private static readonly SearchAttributeKey Mood = SearchAttributeKey.CreateKeyword("Mood");
    private static readonly SearchAttributeKey Moods = SearchAttributeKey.CreateKeywordList("Moods");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_missing_is_added_by_however_many_at_once()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        await SearchAttributeRegistration.RegisterAsync(environment.Client, [Mood], Now);

        await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => SearchAttributeRegistration.RegisterAsync(environment.Client, [Mood, Moods], Now))
        );

        await environment.Client.StartWorkflowAsync(
            "Anything",
            [],
            new("anything", "nobody")
            {
                TypedSearchAttributes = new SearchAttributeCollection.Builder()
                    .Set(SearchAttributeKey.CreateKeyword("Mood"), "good")
                    .ToSearchAttributeCollection(),
            }
        );
    }

    [Fact]
    public async Task One_of_another_type_is_named()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        await SearchAttributeRegistration.RegisterAsync(environment.Client, [SearchAttributeKey.CreateText("Mood")], Now);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SearchAttributeRegistration.RegisterAsync(environment.Client, [Mood], Now)
        );

        Assert.Equal("the namespace has the search attribute Mood as Text, and it has to be Keyword", failure.Message);
    }

    [Fact]
    public async Task A_start_with_an_unknown_one_is_told_from_other_faults()
    {
        await using var environment = await TestTemporal.StartLocalAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            environment.Client.StartWorkflowAsync(
                "Anything",
                [],
                new("anything", "nobody")
                {
                    TypedSearchAttributes = new SearchAttributeCollection.Builder()
                        .Set(SearchAttributeKey.CreateKeyword("Mood"), "good")
                        .ToSearchAttributeCollection(),
                }
            )
        );

        Assert.True(failure.IsMissingSearchAttribute());
        Assert.False(new RpcException(RpcException.StatusCode.InvalidArgument, "no workflow id", null).IsMissingSearchAttribute());
    }
}
