using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.Tests;

public sealed class IdempotencyKeysTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly IdempotentRequest Request = new("ada POST /x", "key", [1]);
    private static readonly IdempotentAnswer Answer = new(200, null, IdempotentAnswer.Json, "{}");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_requests_that_claim_a_key_at_once_one_gets_it()
    {
        await using var shop = await Shop.OpenAsync();
        var keys = shop.Get<IdempotencyKeys>();

        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => keys.ClaimAsync(Request, Long, Now), Now)));

        Assert.Single(claims.OfType<KeyLookup.Unused>());
        Assert.Equal(5, claims.OfType<KeyLookup.Running>().Count());
        Assert.IsType<KeyLookup.OtherBody>(await keys.ClaimAsync(Request with { BodyHash = [2] }, Long, Now));
        Assert.IsType<KeyLookup.Unused>(await keys.ClaimAsync(Request with { Scope = "grace POST /x" }, Long, Now));
    }

    [Fact]
    public async Task An_answered_key_answers_so_for_ever_and_a_released_one_is_unused()
    {
        await using var shop = await Shop.OpenAsync();
        var keys = shop.Get<IdempotencyKeys>();
        await keys.ClaimAsync(Request, Long, Now);
        await keys.ReleaseAsync(Request, Now);
        Assert.IsType<KeyLookup.Unused>(await keys.ClaimAsync(Request, Long, Now));

        await keys.AnswerAsync(Request, Answer, Now);
        await keys.AnswerAsync(Request, Answer with { StatusCode = 409 }, Now);
        await keys.ReleaseAsync(Request, Now);

        Assert.Equal(new KeyLookup.Answered(Answer), await keys.ClaimAsync(Request, Long, Now));
        Assert.IsType<KeyLookup.OtherBody>(await keys.ClaimAsync(Request with { BodyHash = [2] }, Long, Now));
    }

    [Fact]
    public async Task A_key_whose_host_died_can_be_claimed_again_for_the_same_request_alone()
    {
        await using var shop = await Shop.OpenAsync();
        var keys = shop.Get<IdempotencyKeys>();
        await keys.ClaimAsync(Request, -Long, Now);

        Assert.IsType<KeyLookup.OtherBody>(await keys.ClaimAsync(Request with { BodyHash = [2] }, Long, Now));
        Assert.IsType<KeyLookup.Unused>(await keys.ClaimAsync(Request, Long, Now));
        Assert.IsType<KeyLookup.Running>(await keys.ClaimAsync(Request, Long, Now));
    }
}
