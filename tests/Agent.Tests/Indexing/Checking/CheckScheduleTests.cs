using Agent.Common;
using Agent.Images;
using Agent.Indexing.Checking;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing.Checking;

public sealed class CheckScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public void The_longest_unread_comes_first_and_none_before_its_time()
    {
        var catalogue = Catalogue(
            Checked("a.img", Now - Week - TimeSpan.FromHours(1)), Checked("b.img", Now - Week - TimeSpan.FromHours(5)), Checked("c.img", Now - Week + TimeSpan.FromHours(2)));

        var due = At(catalogue, Week);

        Assert.Equal(("b.img", 2, 200L, Now + TimeSpan.FromHours(2)), (due.First!.Id.RelativePath, due.Images, due.Bytes, due.Next));
    }

    [Fact]
    public void What_was_never_read_is_due_at_once() => Assert.Equal("a.img", At(Catalogue(Image("a.img")), Week).First!.Id.RelativePath);

    [Fact]
    public void A_mark_of_a_clock_that_was_wrong_does_not_hold_for_ever() =>
        Assert.NotNull(At(Catalogue(Checked("a.img", Now + TimeSpan.FromDays(9000))), Week).First);

    [Fact]
    public void Without_a_schedule_only_what_was_taken_over_unread_is_read()
    {
        var due = At(Catalogue(Checked("a.img", Now - 9 * Week), Image("b.img") with { Check = CheckMark.Trusted }), every: null);

        Assert.Equal(("b.img", 1, null), (due.First!.Id.RelativePath, due.Images, due.Next));
    }

    [Fact]
    public void Locked_unindexed_and_directory_images_are_left_alone()
    {
        var due = At(Catalogue(Image("a.img") with { IsLocked = true }, Image("b.img") with { Digests = null }, Image("c.img") with { Sidecars = null }), Week);

        Assert.Null(due.First);
    }

    private static DueChecks At(CatalogueSnapshot snapshot, TimeSpan? every) => new CheckSchedule(every).At(snapshot, Now, _ => false);

    private static CatalogueSnapshot Catalogue(params Image[] images)
    {
        var catalogue = new Catalogue();
        catalogue.Publish(images.OrderBy(image => image.Id));
        return catalogue.Current;
    }

    private static Image Checked(string path, DateTimeOffset at) => Image(path) with { Check = CheckMark.Good(at) };

    private static Image Image(string path) => new()
    {
        Id = RunningCatalogue.Id(path),
        Stamp = new FileStamp(100, 1, 1),
        Facts = ImageFacts.None,
        Digests = SomeDigests.Of(1),
        Sidecars = new SidecarSet(default, default, null, "x"),
    };
}
