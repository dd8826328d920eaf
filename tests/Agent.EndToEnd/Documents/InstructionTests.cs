using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>What is read out of a document, and that a document which is wrong is found out.</summary>
public sealed class InstructionTests
{
    [Fact]
    public void Commands_stand_in_blocks_and_in_sentences()
    {
        var commands = Read(
            """
            # Title

            Ask by `ogrepo-agent status`, not by `status`, nor `systemctl`.

            ```sh
            # a comment
            make build   # one
            cp a \
              b          # exit code 3: two
            ```

            - In a list:

              ```console
              $ ls
              a
              $ ls b
              ```
            """).Cast<DocumentedCommand>().ToList();

        Assert.Equal(["ogrepo-agent status", "make build   # one", "cp a b          # exit code 3: two", "ls", "ls b"], commands.Select(command => command.Line));
        Assert.Equal([0, 0, 3, 0, 0], commands.Select(command => command.ExitCode));
        Assert.Equal(["a"], commands[3].Answer);
        Assert.Equal(("page.md:5", "Title"), (commands[1].Place, commands[1].Heading));
    }

    [Fact]
    public void A_fence_that_names_a_path_is_a_file() =>
        Assert.Equal(new WrittenFile("page.md:1", "", "/etc/a.conf", "x\n"), Assert.Single(Read("```ini /etc/a.conf\nx\n```")));

    [Theory]
    [InlineData("```\nogrepo-agent status\n```")]
    [InlineData("```text\nogrepo-agent status\n```")]
    [InlineData("```perl\n1\n```")]
    public void Commands_cannot_hide(string block) => Assert.Throws<InvalidOperationException>(() => Read(block).ToList());

    [Theory]
    [InlineData("status", 0, "3 images,  of these 2 indexed", true)]
    [InlineData("status", 0, "3 images, …", true)]
    [InlineData("status", 0, "… images, of these … indexed", true)]
    [InlineData("status", 0, "3 images", false)]
    [InlineData("status", 0, "4 images, …", false)]
    [InlineData("status", 1, "3 images, …", false)]
    [InlineData("status # exit code 1", 1, "3 images, …", true)]
    public void What_a_command_prints_and_how_it_ends_is_compared(string line, int exitCode, string answer, bool holds)
    {
        var command = Assert.IsType<DocumentedCommand>(Assert.Single(Read($"```console\n$ {line}\n{answer}\n```")));

        var difference = command.DifferenceTo(new ProgramResult(exitCode, Encoding.UTF8.GetBytes("Version 1\n  3 images, of these   2 indexed\n"), ""));

        Assert.Equal(holds, difference is null);
    }

    private static IEnumerable<Instruction> Read(string text) => MarkdownDocument.Read("page.md", text).Code.SelectMany(Instruction.Of);
}
