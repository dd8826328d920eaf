using System.Text;
using Agent.Cli.Asking;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Cli;

public sealed class EventReaderTests
{
    [Theory]
    [InlineData("event: status\ndata: {}\n\n", new[] { "{}" })]
    [InlineData("data:a\ndata: b\ndata:  c\n\n", new[] { "a\nb\n c" })]
    [InlineData(":\n\n:alive\n\ndata: 1\n\n\n\ndata: 2\n\n", new[] { "1", "2" })]
    [InlineData("data\n\n", new[] { "" })]
    [InlineData("id: 1\nretry: 5\nother: x\ndatax: y\n\n", new string[0])]
    [InlineData("data: cut off", new string[0])]
    [InlineData("data: 1\r\n\r\n", new[] { "1" })]
    public async Task Events_are_what_stands_between_blank_lines(string stream, string[] events) => Assert.Equal(events, await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(stream))));

    [Fact]
    public void Any_events_come_back_however_they_are_cut()
    {
        var letters = Gen.ListOf(Gen.Elements('a', ' ', ':', '漢', '\n', '{')).Select(string.Concat);

        Prop.ForAll(Gen.ListOf(letters).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (events, size) =>
        {
            var stream = string.Concat(events.Select(data => $"event: status\n{string.Concat(data.Split('\n').Select(line => $"data: {line}\n"))}\n"));
            var read = ReadAsync(new Bits(Encoding.UTF8.GetBytes(stream), size)).GetAwaiter().GetResult();
            Assert.Equal(events, read);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Of_a_line_that_is_too_long_the_beginning_is_read()
    {
        var lines = new BoundedLines(new Bits(Encoding.UTF8.GetBytes($"{new string('x', 100_000)}\nnext\nlast"), 7000), longest: 10);

        Assert.Equal("xxxxxxxxxx", await lines.ReadAsync(CancellationToken.None));
        Assert.Equal("next", await lines.ReadAsync(CancellationToken.None));
        Assert.Equal("last", await lines.ReadAsync(CancellationToken.None));
        Assert.Null(await lines.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public void An_event_without_end_is_none_of_an_agent()
    {
        var reader = new EventReader();
        var line = $"data: {new string('x', EventReader.Longest / 4)}";

        Assert.Throws<CommandException>(() =>
        {
            for (var count = 0; count < 5; count++)
                reader.Take(line);
        });
    }

    private static async Task<List<string>> ReadAsync(Stream stream)
    {
        var (reader, lines, events) = (new EventReader(), new BoundedLines(stream, EventReader.Longest), new List<string>());
        while (await lines.ReadAsync(CancellationToken.None) is { } line)
        {
            if (reader.Take(line) is { } data)
                events.Add(data);
        }
        return events;
    }

    /// <summary>Gives its bytes bit by bit.</summary>
    private sealed class Bits(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
