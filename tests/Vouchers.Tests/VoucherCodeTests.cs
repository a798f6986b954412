namespace TemporalDelivery.Vouchers.Tests;

/// <summary>Codes are unguessable, unique, and survive being read aloud and typed.</summary>
public sealed class VoucherCodeTests
{
    [Fact]
    public void A_code_is_four_groups_without_letters_that_are_taken_for_others()
    {
        for (var draw = 0; draw < 1000; draw++)
        {
            Assert.Matches("^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$", VoucherCode.New());
        }
    }

    [Fact]
    public void Codes_do_not_repeat() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => VoucherCode.New()).Distinct().Count());

    [Theory]
    [InlineData("0123-4567-89AB-CDEF")]
    [InlineData("0123456789abcdef")]
    [InlineData(" o123 4567 89ab-cdef ")]
    [InlineData("OI23-4567-89AB-CDEF")]
    [InlineData("0l23 4567 89ab cdef")]
    public void What_a_person_types_is_understood(string typed) => Assert.Equal("0123-4567-89AB-CDEF", VoucherCode.Normalize(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123-4567-89AB-CDE")]
    [InlineData("0123-4567-89AB-CDEU")]
    [InlineData("0123-4567-89AB-CDEF-0")]
    [InlineData("0123_4567_89AB_CDEF")]
    public void What_cannot_be_a_code_is_none(string? typed) => Assert.Null(VoucherCode.Normalize(typed));
}
