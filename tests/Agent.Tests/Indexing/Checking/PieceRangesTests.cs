using Agent.Indexing.Checking;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Checking;

public sealed class PieceRangesTests
{
    [Theory]
    [InlineData(new int[0], null)]
    [InlineData(new[] { 0 }, "0")]
    [InlineData(new[] { 3, 7, 8, 9 }, "3,7-9")]
    [InlineData(new[] { 1, 2, 4 }, "1-2,4")]
    public void Runs_are_written_as_such(int[] pieces, string? text) => Assert.Equal(text, PieceRanges.Format(pieces));

    [Fact]
    public void What_was_written_is_read_again()
    {
        var numbers = Gen.Choose(0, 60).ArrayOf().ToArbitrary();

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(numbers, some =>
        {
            int[] pieces = [.. some.Distinct().Order()];
            Assert.Equal(pieces, PieceRanges.Parse(PieceRanges.Format(pieces)));
        }));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("5-3")]
    [InlineData("-")]
    [InlineData(",,")]
    public void What_is_no_number_is_left_out(string text) => Assert.Empty(PieceRanges.Parse(text));
}
