using Agent.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Jobs;

public sealed class JobIdTests
{
    [Fact]
    public void Ids_grow_whatever_the_clock_does() => Prop.ForAll<int[]>(steps =>
    {
        var now = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        var last = default(JobId);
        foreach (var step in steps ?? [])
        {
            now += TimeSpan.FromMilliseconds(step);
            var next = JobId.After(last, now);
            if (next <= last || string.CompareOrdinal(next.ToString(), last.ToString()) <= 0)
                return false;
            last = next;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_id_is_nine_characters_that_are_read_back_and_tell_the_time()
    {
        var now = new DateTimeOffset(2026, 3, 1, 8, 0, 0, 123, TimeSpan.Zero);

        var id = JobId.After(default, now);

        Assert.Equal(9, id.ToString().Length);
        Assert.True(JobId.TryParse(id.ToString(), out var back));
        Assert.Equal(id, back);
        Assert.Equal(now, id.Time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc")]
    [InlineData("01jq5v7k")]
    [InlineData("01jq5v7k00")]
    [InlineData("01JQ5V7K0")]
    [InlineData("01jq5v7ku")]
    public void Nothing_else_is_an_id(string text) => Assert.False(JobId.TryParse(text, out _));

    [Fact]
    public void Any_text_is_an_id_in_its_one_form_or_none() =>
        Prop.ForAll<string>(text => !JobId.TryParse(text, out var id) || id.ToString() == text).QuickCheckThrowOnFailure();
}
