using Agent.Cli;
using Agent.Cli.Asking;

namespace Agent.Tests.Cli;

public sealed class ApiPathTests
{
    private static readonly Uri Agent = new("http://agent.invalid:8006/");

    [Theory]
    [InlineData("Windows10", "Windows10")]
    [InlineData("aula1/Exam.img", "aula1/Exam.img")]
    [InlineData("-rf.img", "-rf.img")]
    [InlineData("...", "...")]
    [InlineData("a b#c?d%e.img", "a%20b%23c%3Fd%25e.img")]
    [InlineData("%2e%2e", "%252e%252e")]
    [InlineData("..\\..", "..%5C..")]
    public void Name_of_an_image_is_one_part_or_two_of_the_path(string name, string path) =>
        Assert.Equal($"http://agent.invalid:8006/ogrepository/v1/images/{path}", new Uri(Agent, ApiPath.OfImage("images", name)).AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../trash")]
    [InlineData("aula1/..")]
    [InlineData("./A.img")]
    [InlineData("/A.img")]
    [InlineData("aula1//A.img")]
    [InlineData("a/b/c.img")]
    public void What_climbs_or_is_deeper_than_an_OU_is_no_name(string name)
    {
        var failure = Assert.Throws<CommandException>(() => ApiPath.OfImage("images", name));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains($"\"{name}\"", failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void Id_does_not_climb(string id) => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => ApiPath.Of("trash/images", id)).ExitCode);

    [Theory]
    [InlineData("../..")]
    [InlineData("a/b")]
    [InlineData("?x=y")]
    public void Id_is_one_part_whatever_is_in_it(string id) =>
        Assert.Equal(6, new Uri(Agent, ApiPath.Of("trash/images", id)).Segments.Length);
}
